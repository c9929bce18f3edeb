package org.virt.driver.test.internal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.Snapshot;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;
import org.virt.model.domain.Disk;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/**
 * A machine as it was.
 *
 * @param parent the snapshot before it
 * @param domain its XML then
 */
record TestSnapshot(
    String name,
    Optional<String> parent,
    String description,
    Instant created,
    DomainState state,
    String domain) {
  private static final List<DomainState> STATES =
      List.of(DomainState.RUNNING, DomainState.PAUSED, DomainState.SHUTOFF);

  /** Takes what a machine is now. */
  static TestSnapshot of(XmlElement given, TestMachine machine) {
    Instant now = Instant.now();
    return new TestSnapshot(
        ObjectXml.text(given, "name").orElse(Long.toString(now.getEpochSecond())),
        machine.snapshots.current(),
        ObjectXml.text(given, "description").orElse(""),
        now,
        machine.status.state(),
        DomainXml.print(machine.current()));
  }

  /** Reads what was a snapshot before. */
  static TestSnapshot again(XmlElement given, TestMachine machine) throws VirtException {
    String name =
        ObjectXml.text(given, "name")
            .orElseThrow(() -> ObjectXml.wrong("a redefined snapshot must have a name"));
    String created = required(given, "creationTime");
    if (!created.matches("[0-9]{1,11}")) {
      throw missing("creationTime");
    }
    String state = required(given, "state");
    DomainState known =
        STATES.stream()
            .filter(one -> one.text().replace(" ", "").equals(state))
            .findFirst()
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.INTERNAL_ERROR,
                        "Invalid state '" + state + "' in domain snapshot XML"));
    Optional<XmlElement> domain = given.child("domain");
    DomainConfig config =
        domain.isPresent() ? TestHost.parse("redefine", ObjectXml.print(domain.get())) : null;
    if (config != null && !config.domainId().equals(machine.id)) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "invalid argument: definition for snapshot %s must use uuid %s"
              .formatted(name, machine.id));
    }
    return new TestSnapshot(
        name,
        ObjectXml.text(given, "parent", "name"),
        ObjectXml.text(given, "description").orElse(""),
        Instant.ofEpochSecond(Long.parseLong(created)),
        known,
        DomainXml.print(config == null ? machine.current() : config));
  }

  private static String required(XmlElement given, String element) throws VirtException {
    return ObjectXml.text(given, element).orElseThrow(() -> missing(element));
  }

  private static VirtException missing(String element) {
    return new VirtException(
        ErrorCode.INTERNAL_ERROR, "missing " + element + " from existing snapshot");
  }

  TestSnapshot after(Optional<String> other) {
    return new TestSnapshot(name, other, description, created, state, domain);
  }

  /** Returns the machine as it was. */
  DomainConfig config() throws VirtException {
    DomainConfig config = DomainXml.parse(domain);
    config.id = null;
    return config;
  }

  Snapshot describe(Optional<String> current) {
    boolean here = current.equals(Optional.of(name));
    return new Snapshot(
        name, parent, description, created, state, here ? Place.CURRENT : Place.ELSEWHERE);
  }

  String xml() throws VirtException {
    DomainConfig config = config();
    XmlWriter xml = new XmlWriter().open("domainsnapshot").element("name", name);
    if (!description.isEmpty()) {
      xml.element("description", description);
    }
    xml.element("state", state.text().replace(" ", ""));
    parent.ifPresent(before -> xml.open("parent").element("name", before).close());
    xml.element("creationTime", created.getEpochSecond());
    xml.open("memory").attribute("snapshot", state.isActive() ? "internal" : "no").close();
    if (!config.devices.disks.isEmpty()) {
      xml.open("disks");
      for (Disk disk : config.devices.disks) {
        xml.open("disk").attribute("name", disk.target.dev).attribute("snapshot", "internal");
        xml.close();
      }
      xml.close();
    }
    SafeXml.tree("domain XML", DomainXml.printPublic(config)).write(xml);
    return xml.close().toString();
  }
}
