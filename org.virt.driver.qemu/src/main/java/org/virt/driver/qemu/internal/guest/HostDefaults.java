package org.virt.driver.qemu.internal.guest;

import org.virt.api.VirtException;

/** What a definition gets from the host where it says nothing. */
public interface HostDefaults {
  /** Stands for a host without QEMU: usual paths, machine types as they are. */
  HostDefaults NONE =
      new HostDefaults() {
        @Override
        public String emulator(String arch) {
          return "/usr/bin/qemu-system-" + (arch.equals("i686") ? "i386" : arch);
        }

        @Override
        public String machine(String emulator, String machine) {
          return machine;
        }
      };

  /** Returns the path of the QEMU for an architecture in libvirt's words. */
  String emulator(String arch) throws VirtException;

  /** Returns the machine type that an alias such as {@code pc} means with an emulator. */
  String machine(String emulator, String machine) throws VirtException;
}
