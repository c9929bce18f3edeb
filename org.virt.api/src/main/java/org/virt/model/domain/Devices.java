package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.List;

/** The element {@code devices}. Each list is in the order of the document. */
public class Devices extends ConfigNode {
  /** Path of the program that runs the machine. */
  public String emulator;

  @XmlElement(name = "disk")
  public List<Disk> disks = new ArrayList<>();

  @XmlElement(name = "controller")
  public List<Controller> controllers = new ArrayList<>();

  @XmlElement(name = "interface")
  public List<Interface> interfaces = new ArrayList<>();

  @XmlElement(name = "serial")
  public List<CharDevice> serials = new ArrayList<>();

  @XmlElement(name = "console")
  public List<CharDevice> consoles = new ArrayList<>();

  @XmlElement(name = "channel")
  public List<CharDevice> channels = new ArrayList<>();

  @XmlElement(name = "input")
  public List<Input> inputs = new ArrayList<>();

  @XmlElement(name = "graphics")
  public List<Graphics> graphics = new ArrayList<>();

  @XmlElement(name = "video")
  public List<Video> videos = new ArrayList<>();

  public Memballoon memballoon;

  @XmlElement(name = "rng")
  public List<Rng> rngs = new ArrayList<>();
}
