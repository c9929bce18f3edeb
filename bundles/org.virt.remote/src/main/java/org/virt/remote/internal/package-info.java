/** The server and its life. */
package org.virt.remote.internal;
