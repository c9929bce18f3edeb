/** The QEMU driver with real machines, without a guest in them. */
package org.virt.test.host.qemu;
