/**
 * What a command is: its declaration, from which parsing, help and completion come, and what it may
 * use.
 */
package org.virt.shell.internal.command;
