package org.virt.driver.qemu.internal.config;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.model.domain.Device;

/**
 * A place on a PCI bus.
 *
 * @param bus index of the controller that makes the bus
 * @param slot 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(int bus, int slot, int function) {
  /** Returns the place of a device, empty when it is still to be chosen. */
  public static Optional<PciAddress> of(String path, Device device) throws VirtException {
    Device.Address address = device.address;
    if (address == null || address.slot == null && address.bus == null) {
      return Optional.empty();
    }
    if (!"pci".equals(address.type)) {
      throw Refusal.value(path + "/address/@type", address.type);
    }
    PciAddress found =
        new PciAddress(
            Nodes.number(path + "/address/@bus", address.bus),
            Nodes.number(path + "/address/@slot", address.slot),
            Nodes.number(path + "/address/@function", address.function));
    boolean inRange = found.bus >= 0 && found.bus < 256 && found.slot >= 0 && found.slot < 32;
    if (!inRange || found.function < 0 || found.function > 7) {
      throw Refusal.of(path + "/address", found + " is not a PCI address");
    }
    if (Nodes.number(path + "/address/@domain", address.domain) != 0) {
      throw Refusal.value(path + "/address/@domain", address.domain);
    }
    return Optional.of(found);
  }

  /** Writes it into a device; {@code multifunction} stays as it is. */
  void put(Device device) {
    Device.Address address = new Device.Address();
    address.type = "pci";
    address.domain = "0x0000";
    address.bus = "0x%02x".formatted(bus);
    address.slot = "0x%02x".formatted(slot);
    address.function = "0x%x".formatted(function);
    address.multifunction = device.address == null ? null : device.address.multifunction;
    device.address = address;
  }

  /** Returns QEMU's form of slot and function: {@code 0x2} or {@code 0x1.0x3}. */
  public String qemu() {
    return function == 0 ? "0x%x".formatted(slot) : "0x%x.0x%x".formatted(slot, function);
  }

  @Override
  public String toString() {
    return "%02x:%02x.%x".formatted(bus, slot, function);
  }
}
