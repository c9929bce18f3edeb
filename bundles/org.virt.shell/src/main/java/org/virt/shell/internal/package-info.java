/** Shell commands. */
package org.virt.shell.internal;
