/**
 * Turns a complete machine into QEMU's command line; pure, a small writer for each kind of device.
 */
package org.virt.driver.qemu.internal.argv;
