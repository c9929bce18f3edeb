/**
 * Fills in what domain XML leaves open, as libvirt does, so that the guest's hardware stays the
 * same.
 */
package org.virt.driver.qemu.internal.config;
