package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;

/** The element {@code features}. A feature is on when its element is there. */
public class Features extends ConfigNode {
  public Flag acpi;
  public Apic apic;
  public Flag pae;

  /** A feature without parts. */
  public static class Flag extends ConfigNode {}

  /** The interrupt controller. */
  public static class Apic extends ConfigNode {
    /** End of interrupt: {@code on}, {@code off}. */
    @XmlAttribute public String eoi;
  }
}
