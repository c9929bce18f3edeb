/** Hypervisor driver for QEMU. */
package org.virt.driver.qemu.internal;
