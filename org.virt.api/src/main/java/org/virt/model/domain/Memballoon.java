package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;

/** The element {@code memballoon}. */
public class Memballoon extends Device {
  /** {@code virtio} or {@code none}. */
  @XmlAttribute public String model;
}
