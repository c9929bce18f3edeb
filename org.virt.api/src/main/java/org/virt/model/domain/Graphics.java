package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.List;

/** The element {@code graphics}. */
public class Graphics extends Device {
  /** {@code vnc}, {@code spice} … */
  @XmlAttribute public String type;

  /** TCP port, −1 for one of the driver's choice. */
  @XmlAttribute public String port;

  @XmlAttribute public String autoport;

  /** The address that is listened on, as that of the first listen element. */
  @XmlAttribute public String listen;

  @XmlAttribute public String keymap;

  /** The password; {@link DomainXml#printPublic} leaves it out. */
  @XmlAttribute public String passwd;

  @XmlAttribute public String socket;

  @XmlElement(name = "listen")
  public List<Listen> listens = new ArrayList<>();

  /** Where it is served. */
  public static class Listen extends ConfigNode {
    /** {@code address}, {@code network}, {@code socket}, {@code none}. */
    @XmlAttribute public String type;

    @XmlAttribute public String address;
    @XmlAttribute public String network;
    @XmlAttribute public String socket;
  }
}
