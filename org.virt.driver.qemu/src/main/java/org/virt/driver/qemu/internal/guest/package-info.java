/** A machine as a tree, and what QEMU is told of it. */
package org.virt.driver.qemu.internal.guest;
