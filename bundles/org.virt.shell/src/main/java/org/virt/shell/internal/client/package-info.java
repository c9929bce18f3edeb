/**
 * The command-line client: a process of its own, which reads files, owns the terminal and calls the
 * runtime.
 */
package org.virt.shell.internal.client;
