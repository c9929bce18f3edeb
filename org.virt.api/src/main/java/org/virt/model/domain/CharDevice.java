package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlType;
import java.util.ArrayList;
import java.util.List;

/** The elements {@code serial}, {@code console} and {@code channel}. */
public class CharDevice extends Device {
  /** {@code pty}, {@code unix}, {@code tcp}, {@code file}, {@code null} … */
  @XmlAttribute public String type;

  /** Path of the terminal, on a console of an active machine. */
  @XmlAttribute public String tty;

  /** One, two for type {@code udp}. */
  @XmlElement(name = "source")
  public List<Source> sources = new ArrayList<>();

  public Protocol protocol;
  public Target target;

  /** The end on the host. */
  @XmlType(name = "")
  public static class Source extends ConfigNode {
    /** {@code bind} or {@code connect}. */
    @XmlAttribute public String mode;

    @XmlAttribute public String path;
    @XmlAttribute public String host;
    @XmlAttribute public String service;
    @XmlAttribute public String append;
  }

  /** What is spoken over TCP. */
  public static class Protocol extends ConfigNode {
    /** {@code raw} or {@code telnet}. */
    @XmlAttribute public String type;
  }

  /** The end in the guest. */
  @XmlType(name = "")
  public static class Target extends ConfigNode {
    @XmlAttribute public String type;
    @XmlAttribute public String port;

    /** Name of a channel. */
    @XmlAttribute public String name;

    /** {@code connected} or {@code disconnected}, of a channel of an active machine. */
    @XmlAttribute public String state;

    public Model model;
  }

  /** The kind of serial port. */
  @XmlType(name = "")
  public static class Model extends ConfigNode {
    @XmlAttribute public String name;
  }
}
