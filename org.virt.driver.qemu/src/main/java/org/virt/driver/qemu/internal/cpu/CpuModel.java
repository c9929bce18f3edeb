package org.virt.driver.qemu.internal.cpu;

/**
 * A CPU model.
 *
 * @param name QEMU's name of it, mostly libvirt's as well
 * @param usable whether the host, or the emulation, has all of its features
 * @param cpu what it is; without features where QEMU does not tell
 */
public record CpuModel(String name, boolean usable, Cpu cpu) {}
