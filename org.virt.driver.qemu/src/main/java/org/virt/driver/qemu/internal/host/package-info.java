/** What the host has and can do: its size, QEMU, acceleration. */
package org.virt.driver.qemu.internal.host;
