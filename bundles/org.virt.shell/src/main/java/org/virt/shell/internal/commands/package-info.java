/** The commands: virsh's names, options and output, and ours. */
package org.virt.shell.internal.commands;
