/** Devices: a class for each kind, with its defaults, checks, place and command line. */
package org.virt.driver.qemu.internal.device;
