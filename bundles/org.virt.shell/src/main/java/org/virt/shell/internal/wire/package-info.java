/** What the client and the runtime say to each other over the Unix socket; JDK classes only. */
package org.virt.shell.internal.wire;
