package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlType;
import java.util.ArrayList;
import java.util.List;

/** The element {@code cpu}. */
public class Cpu extends ConfigNode {
  /** {@code custom}, {@code host-model}, {@code host-passthrough}, {@code maximum}. */
  @XmlAttribute public String mode;

  @XmlAttribute public String match;
  @XmlAttribute public String check;
  @XmlAttribute public String migratable;
  public Model model;
  public Topology topology;

  @XmlElement(name = "feature")
  public List<Feature> features = new ArrayList<>();

  /** Name of a CPU model. */
  @XmlType(name = "")
  public static class Model extends ConfigText {
    @XmlAttribute public String fallback;
  }

  /** How the virtual CPUs are arranged. */
  public static class Topology extends ConfigNode {
    @XmlAttribute public String sockets;
    @XmlAttribute public String dies;
    @XmlAttribute public String cores;
    @XmlAttribute public String threads;
  }

  /** A CPU feature beyond the model, or less. */
  public static class Feature extends ConfigNode {
    /** {@code force}, {@code require}, {@code optional}, {@code disable}, {@code forbid}. */
    @XmlAttribute public String policy;

    @XmlAttribute public String name;
  }
}
