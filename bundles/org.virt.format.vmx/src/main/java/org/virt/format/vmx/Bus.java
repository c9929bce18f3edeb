package org.virt.format.vmx;

import java.util.Optional;

/** The buses that disks are on, in the order in which libvirt lists their controllers. */
enum Bus {
  SCSI("scsi", "scsi", "sd", 16, 7),
  FLOPPY("fdc", "floppy", "fd", 2, -1),
  IDE("ide", "ide", "hd", 2, -1),
  SATA("sata", "sata", "sd", 30, -1);

  /** libvirt's name. */
  final String name;

  /** How keys of VMX begin. */
  final String key;

  private final String prefix;

  /** How many units there are. */
  final int slots;

  /** The unit of the controller itself, -1 for none. */
  final int reserved;

  Bus(String name, String key, String prefix, int slots, int reserved) {
    this.name = name;
    this.key = key;
    this.prefix = prefix;
    this.slots = slots;
    this.reserved = reserved;
  }

  /** A place on the bus. */
  record Place(int controller, int unit) {}

  static Optional<Bus> of(String name) {
    for (Bus bus : values()) {
      if (bus.name.equals(name)) {
        return Optional.of(bus);
      }
    }
    return Optional.empty();
  }

  private int usable() {
    return reserved < 0 ? slots : slots - 1;
  }

  /** Returns libvirt's name of a place, such as {@code sda}. */
  String target(int controller, int unit) {
    int index = controller * usable() + (reserved >= 0 && unit > reserved ? unit - 1 : unit);
    StringBuilder letters = new StringBuilder();
    for (int i = index; i >= 0; i = i / 26 - 1) {
      letters.insert(0, (char) ('a' + i % 26));
    }
    return prefix + letters;
  }

  /** Returns the place that a name stands for; empty when it is none of this bus. */
  Optional<Place> place(String target) {
    if (!target.matches(prefix + "[a-z]{1,3}")) {
      return Optional.empty();
    }
    int index = -1;
    for (char letter : target.substring(prefix.length()).toCharArray()) {
      index = (index + 1) * 26 + letter - 'a';
    }
    int unit = index % usable();
    boolean beyond = reserved >= 0 && unit >= reserved;
    return Optional.of(new Place(index / usable(), beyond ? unit + 1 : unit));
  }
}
