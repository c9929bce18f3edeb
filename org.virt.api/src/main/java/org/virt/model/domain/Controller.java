package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;

/** The element {@code controller}. */
public class Controller extends Device {
  /** {@code pci}, {@code scsi}, {@code ide}, {@code sata}, {@code usb}, {@code virtio-serial} … */
  @XmlAttribute public String type;

  @XmlAttribute public String index;
  @XmlAttribute public String model;
}
