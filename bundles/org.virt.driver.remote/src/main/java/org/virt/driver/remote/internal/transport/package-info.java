/** Ways to the other end: sockets, TLS, SSH. */
package org.virt.driver.remote.internal.transport;
