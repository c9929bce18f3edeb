/** What Java does not offer of Linux: waiting for processes of others, and terminals. */
package org.virt.driver.qemu.internal.linux;
