package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.virt.api.MacAddress;

/** The element {@code interface}: a network card and what it is plugged into. */
public class Interface extends Device {
  private static final long QEMU_PREFIX = 0x525400_000000L;
  private static final long SUFFIXES = 1L << 24;

  /** {@code bridge}, {@code ethernet}, {@code user}, {@code network} … */
  @XmlAttribute public String type;

  public Mac mac;
  public Source source;
  public Target target;
  public Model model;
  public Driver driver;
  public Filterref filterref;
  public Link link;
  public Mtu mtu;
  public BootOrder boot;

  /** Returns the address of the card; only for one that has it. */
  public MacAddress macAddress() {
    return MacAddress.parse(mac.address);
  }

  /** Gives the card a random address with QEMU's prefix 52:54:00, unless it has one. */
  public void ensureMac() {
    if (mac == null) {
      mac = new Mac();
    }
    if (mac.address == null) {
      long suffix = ThreadLocalRandom.current().nextLong(SUFFIXES);
      mac.address = new MacAddress(QEMU_PREFIX | suffix).toString();
    }
  }

  /** The address of the card, lower case once parsed, never a group address. */
  public static class Mac extends ConfigNode {
    @XmlAttribute public String address;
  }

  /** What the card is plugged into. */
  @XmlType(name = "")
  public static class Source extends ConfigNode {
    @XmlAttribute public String bridge;
    @XmlAttribute public String network;
    @XmlAttribute public String portgroup;
    @XmlAttribute public String dev;
    @XmlAttribute public String mode;
  }

  /** The end on the host. */
  @XmlType(name = "")
  public static class Target extends ConfigNode {
    /** Name of the interface; absent: chosen at each start. */
    @XmlAttribute public String dev;

    /** {@code no}: the interface is there already. */
    @XmlAttribute public String managed;
  }

  /** The kind of card. */
  @XmlType(name = "")
  public static class Model extends ConfigNode {
    /** {@code virtio}, {@code e1000}, {@code rtl8139} … */
    @XmlAttribute public String type;
  }

  /** How the host handles it. */
  @XmlType(name = "")
  public static class Driver extends ConfigNode {
    /** {@code qemu} or {@code vhost}. */
    @XmlAttribute public String name;

    @XmlAttribute public String queues;
  }

  /** The filter that stands between card and network. */
  public static class Filterref extends ConfigNode {
    @XmlAttribute public String filter;

    @XmlElement(name = "parameter")
    public List<Parameter> parameters = new ArrayList<>();
  }

  /** A value of a filter's variable; several of one name are a list. */
  public static class Parameter extends ConfigNode {
    @XmlAttribute public String name;
    @XmlAttribute public String value;
  }

  /** The cable. */
  public static class Link extends ConfigNode {
    /** {@code up} or {@code down}. */
    @XmlAttribute public String state;
  }

  /** The longest frame. */
  public static class Mtu extends ConfigNode {
    /** Bytes. */
    @XmlAttribute public String size;
  }
}
