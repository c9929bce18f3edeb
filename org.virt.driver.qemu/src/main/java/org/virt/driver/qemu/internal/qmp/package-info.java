/** The client side of the QEMU Machine Protocol. */
package org.virt.driver.qemu.internal.qmp;
