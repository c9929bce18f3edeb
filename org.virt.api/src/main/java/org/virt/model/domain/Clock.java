package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.List;

/** The element {@code clock}. */
public class Clock extends ConfigNode {
  /** {@code utc}, {@code localtime}, {@code timezone}, {@code variable}, {@code absolute}. */
  @XmlAttribute public String offset;

  @XmlElement(name = "timer")
  public List<Timer> timers = new ArrayList<>();

  /** One source of time. */
  public static class Timer extends ConfigNode {
    @XmlAttribute public String name;
    @XmlAttribute public String present;
    @XmlAttribute public String tickpolicy;
  }
}
