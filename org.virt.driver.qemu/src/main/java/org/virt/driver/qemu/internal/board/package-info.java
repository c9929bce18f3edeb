/** What is not a device: CPUs, memory, firmware, clock. */
package org.virt.driver.qemu.internal.board;
