package org.virt.model.domain;

import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlRootElement;
import java.util.List;
import java.util.UUID;
import org.virt.api.DomainId;

/**
 * The element {@code domain}: a machine. What {@link DomainXml#parse} returns holds what is said at
 * each field.
 */
@XmlRootElement(name = "domain")
public class DomainConfig extends ConfigNode {
  /** The hypervisor, such as {@code qemu}, {@code kvm} or {@code test}; present. */
  @XmlAttribute public String type;

  /** The number of the run, in the XML of an active machine. */
  @XmlAttribute public String id;

  /** Present, not empty, without slash and line end. */
  public String name;

  /** In its usual form, when present. */
  public String uuid;

  public String title;
  public String description;

  /** The most memory that the machine has at its start; present, in KiB, more than 0. */
  public Memory memory;

  /** What the balloon leaves it; present, in KiB, not more than {@link #memory}. */
  public Memory currentMemory;

  /** Present, 1 or more. */
  public Vcpu vcpu;

  /** Present, with a type. */
  public Os os;

  public Features features;
  public Cpu cpu;

  /** Present. */
  public Clock clock;

  /** {@code destroy}, {@code restart}, {@code preserve} or {@code rename-restart}; present. */
  @XmlElement(name = "on_poweroff")
  public String onPoweroff;

  /** As {@link #onPoweroff}. */
  @XmlElement(name = "on_reboot")
  public String onReboot;

  /** As {@link #onPoweroff}, or {@code coredump-destroy}, {@code coredump-restart}. */
  @XmlElement(name = "on_crash")
  public String onCrash;

  /** Present. */
  public Devices devices;

  /** Returns the identity; only for a machine that has a UUID. */
  public DomainId domainId() {
    return new DomainId(UUID.fromString(uuid));
  }

  /** Gives the machine a random UUID, unless it has one. */
  public void ensureUuid() {
    if (uuid == null) {
      uuid = UUID.randomUUID().toString();
    }
  }

  /**
   * Lists what the model does not name, with its path; {@code metadata} is not listed, no guest
   * sees it.
   */
  public List<UnknownPart> unknown() {
    return UnknownPart.of(this);
  }

  /** An amount of memory. */
  public static class Memory extends ConfigText {
    /** {@code KiB} once parsed. */
    @XmlAttribute public String unit;

    /** Makes an amount in KiB. */
    public static Memory ofKib(long kib) {
      Memory memory = new Memory();
      memory.unit = "KiB";
      memory.value = Long.toString(kib);
      return memory;
    }

    /** Returns the amount in KiB; only once it is parsed. */
    public long kib() {
      return Long.parseLong(value);
    }
  }

  /** The number of virtual CPUs. */
  public static class Vcpu extends ConfigText {
    @XmlAttribute public String placement;
    @XmlAttribute public String cpuset;

    /** How many are there at the start; absent: all. */
    @XmlAttribute public String current;

    /** Returns the number of all; only once it is parsed. */
    public int count() {
      return Integer.parseInt(value);
    }
  }
}
