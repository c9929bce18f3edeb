package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlType;

/** The element {@code disk}. */
public class Disk extends Device {
  /** {@code file}, {@code block}, {@code dir}, {@code network}, {@code volume}. */
  @XmlAttribute public String type;

  /** {@code disk}, {@code cdrom}, {@code floppy}, {@code lun}; absent: disk. */
  @XmlAttribute public String device;

  public Driver driver;

  /** Absent for an empty drive. */
  public Source source;

  public Target target;
  public Features.Flag readonly;
  public Features.Flag shareable;
  public String serial;
  public BootOrder boot;

  /** How the host handles it. */
  @XmlType(name = "")
  public static class Driver extends ConfigNode {
    @XmlAttribute public String name;

    /** Format of the image: {@code raw}, {@code qcow2} … */
    @XmlAttribute public String type;

    @XmlAttribute public String cache;
    @XmlAttribute public String io;
    @XmlAttribute public String discard;
  }

  /** The image. */
  @XmlType(name = "")
  public static class Source extends ConfigNode {
    /** Path, for type {@code file}. */
    @XmlAttribute public String file;

    /** Path, for type {@code block}. */
    @XmlAttribute public String dev;
  }

  /** Where the guest sees it. */
  @XmlType(name = "")
  public static class Target extends ConfigNode {
    /** A name such as {@code vda}, of which only the order counts. */
    @XmlAttribute public String dev;

    /** {@code virtio}, {@code ide}, {@code sata}, {@code scsi} … */
    @XmlAttribute public String bus;
  }
}
