/** The life of machines: their processes, files, interfaces and states. */
package org.virt.driver.qemu.internal.machine;
