package org.virt.driver.qemu.internal.guest;

import java.util.Optional;
import org.virt.api.VirtException;

/**
 * A place on a PCI bus.
 *
 * @param bus index of the controller that makes the bus
 * @param slot 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(int bus, int slot, int function) {
  static final int MAX_BUS = 255;
  static final int MAX_SLOT = 31;
  static final int MAX_FUNCTION = 7;

  /** Returns the place of a device, empty when it is still to be chosen. */
  public static Optional<PciAddress> of(Node device) throws VirtException {
    Node address = device.child("address");
    boolean given =
        address != null
            && address.is("@type", "pci")
            && (address.has("@slot") || address.has("@bus") || address.has("@domain"));
    if (!given) {
      return Optional.empty();
    }
    within(address, "@domain", 0xffff);
    PciAddress found =
        new PciAddress(
            within(address, "@bus", MAX_BUS),
            within(address, "@slot", MAX_SLOT),
            within(address, "@function", MAX_FUNCTION));
    // As libvirt has it, an address of zeros alone is none.
    boolean none = found.bus == 0 && found.slot == 0 && address.number("@domain", 0) == 0;
    return none && found.function == 0 ? Optional.empty() : Optional.of(found);
  }

  private static int within(Node address, String attribute, int max) throws VirtException {
    long value = address.number(attribute, 0);
    if (value < 0 || value > max) {
      throw Refusal.xml(
          address.path(attribute), "'" + address.get(attribute) + "' is more than " + max);
    }
    return (int) value;
  }

  /** Writes it into a device; what else its address says stays. */
  public void put(Node device) throws VirtException {
    putInto(device.ensure("address"));
  }

  /** Writes it into an address. */
  public void putInto(Node address) throws VirtException {
    address.set("type", "pci");
    address.set("domain", Numbers.hex(address.number("@domain", 0), 4));
    address.set("bus", Numbers.hex(bus, 2));
    address.set("slot", Numbers.hex(slot, 2));
    address.set("function", Numbers.hex(function, 1));
  }

  /** Returns QEMU's form of slot and function: {@code 0x2} or {@code 0x1.0x3}. */
  public String qemu() {
    return function == 0 ? Numbers.hex(slot, 1) : "0x%x.0x%x".formatted(slot, function);
  }

  @Override
  public String toString() {
    return "%02x:%02x.%x".formatted(bus, slot, function);
  }
}
