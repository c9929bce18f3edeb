package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.List;

/** The element {@code os}: what is booted, and how. */
public class Os extends ConfigNode {
  public Type type;

  /** Path of a kernel on the host. */
  public String kernel;

  /** Path of an initial RAM disk on the host. */
  public String initrd;

  /** Arguments of the kernel. */
  public String cmdline;

  /** Kinds of devices in the order in which they are tried. */
  @XmlElement(name = "boot")
  public List<Boot> boots = new ArrayList<>();

  /** The kind of guest, such as {@code hvm}. */
  public static class Type extends ConfigText {
    @XmlAttribute public String arch;
    @XmlAttribute public String machine;
  }

  /** A kind of device to boot from: {@code hd}, {@code cdrom}, {@code network}, {@code fd}. */
  public static class Boot extends ConfigNode {
    @XmlAttribute public String dev;
  }
}
