package org.virt.format.vmx;

import java.util.Optional;
import org.virt.api.xml.XmlElement;

/** The buses that disks are on, in the order in which libvirt lists their controllers. */
enum Bus {
  SCSI("scsi", "scsi", "sd", 16, 7),
  SATA("sata", "sata", "sd", 30, -1),
  FLOPPY("fdc", "floppy", "fd", 2, -1),
  IDE("ide", "ide", "hd", 2, -1);

  /** Units of a SCSI controller from version 13 of the virtual hardware on. */
  static final int WIDE = 64;

  private static final int SATA_UNITS = 6;

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

  /** A place on the bus; IDE's channels are its controllers. */
  record Place(int controller, int unit) {}

  static Optional<Bus> of(String name) {
    for (Bus bus : values()) {
      if (bus.name.equals(name)) {
        return Optional.of(bus);
      }
    }
    return Optional.empty();
  }

  private int usable(int units) {
    return reserved < 0 ? units : units - 1;
  }

  /**
   * Returns libvirt's name of a place, such as {@code sda}.
   *
   * @param units how many units each controller has
   */
  String target(Place place, int units) {
    int beyond = reserved >= 0 && place.unit() > reserved ? 1 : 0;
    int index = place.controller() * usable(units) + place.unit() - beyond;
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
    int unit = index % usable(slots);
    boolean beyond = reserved >= 0 && unit >= reserved;
    return Optional.of(new Place(index / usable(slots), beyond ? unit + 1 : unit));
  }

  /** Returns the controller in domain XML: of IDE there is one, SATA's have six units each. */
  int xmlController(Place place) {
    return switch (this) {
      case SATA -> (place.controller() * slots + place.unit()) / SATA_UNITS;
      case IDE -> 0;
      default -> place.controller();
    };
  }

  /** Returns libvirt's address of a place. */
  XmlElement address(Place place) {
    return Xml.element(
        "address",
        "type",
        "drive",
        "controller",
        xmlController(place),
        "bus",
        this == IDE ? place.controller() : 0,
        "target",
        0,
        "unit",
        this == SATA ? place.unit() % SATA_UNITS : place.unit());
  }
}
