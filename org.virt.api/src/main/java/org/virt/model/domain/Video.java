package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlType;

/** The element {@code video}. */
public class Video extends Device {
  public Model model;

  /** The kind of graphics card. */
  @XmlType(name = "")
  public static class Model extends ConfigNode {
    /** {@code vga}, {@code cirrus}, {@code virtio}, {@code qxl}, {@code bochs}, {@code none} … */
    @XmlAttribute public String type;

    /** KiB. */
    @XmlAttribute public String ram;

    /** KiB. */
    @XmlAttribute public String vram;

    /** KiB. */
    @XmlAttribute public String vgamem;

    @XmlAttribute public String heads;
    @XmlAttribute public String primary;
  }
}
