/** Connector, events and state directory. */
package org.virt.core.internal;
