package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlTransient;

/** What all devices have. */
@XmlTransient
public abstract class Device extends ConfigNode {
  /** The name by which commands and events know the device, such as {@code net0}. */
  public Alias alias;

  /** Where the guest finds it. */
  public Address address;

  /** Name of a device. */
  public static class Alias extends ConfigNode {
    @XmlAttribute public String name;
  }

  /** Place on a bus; numbers are decimal or hexadecimal with {@code 0x}. */
  public static class Address extends ConfigNode {
    /** {@code pci}, {@code drive}, {@code virtio-serial}, {@code usb}, {@code isa} … */
    @XmlAttribute public String type;

    @XmlAttribute public String domain;
    @XmlAttribute public String controller;
    @XmlAttribute public String bus;
    @XmlAttribute public String slot;
    @XmlAttribute public String function;
    @XmlAttribute public String multifunction;
    @XmlAttribute public String target;
    @XmlAttribute public String unit;
    @XmlAttribute public String port;
  }

  /** Place in the order of boot. */
  public static class BootOrder extends ConfigNode {
    /** From 1. */
    @XmlAttribute public String order;
  }
}
