/** What one client has: its connection, calls in flight, events, streams. */
package org.virt.remote.internal.session;
