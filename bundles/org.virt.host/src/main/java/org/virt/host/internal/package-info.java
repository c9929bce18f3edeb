/** What this host has beside machines, networks and storage. */
package org.virt.host.internal;
