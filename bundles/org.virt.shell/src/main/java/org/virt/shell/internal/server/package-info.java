/** What runs commands: for clients of the Unix socket, and in Gogo. */
package org.virt.shell.internal.server;
