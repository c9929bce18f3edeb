package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;

/** The element {@code input}. */
public class Input extends Device {
  /** {@code mouse}, {@code keyboard}, {@code tablet} … */
  @XmlAttribute public String type;

  /** {@code ps2}, {@code usb}, {@code virtio}. */
  @XmlAttribute public String bus;
}
