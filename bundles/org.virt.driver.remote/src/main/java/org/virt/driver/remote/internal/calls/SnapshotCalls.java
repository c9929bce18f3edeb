package org.virt.driver.remote.internal.calls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainState;
import org.virt.api.VirtException;
import org.virt.api.domain.Flag;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Asks about a machine's snapshots. */
record SnapshotCalls(FarDomain domain) implements SnapshotVerbs {
  private static final StructType SNAPSHOT =
      Protocol.libvirt().struct("remote_nonnull_domain_snapshot");

  /** {@code VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL}: parents first. */
  private static final int TOPOLOGICAL = 1024;

  private static final int WITH_RESULTS = 1;
  private static final String SECONDS = "[0-9]{1,15}";

  /** The words of formatsnapshot for states; a snapshot of disks only has none. */
  private static final Map<String, DomainState> STATES =
      Map.of(
          "running", DomainState.RUNNING,
          "blocked", DomainState.BLOCKED,
          "paused", DomainState.PAUSED,
          "shutdown", DomainState.SHUTDOWN,
          "shutoff", DomainState.SHUTOFF,
          "crashed", DomainState.CRASHED,
          "pmsuspended", DomainState.PMSUSPENDED);

  @Override
  public List<Snapshot> snapshots() throws VirtException {
    String current =
        domain.call("domain_has_current_snapshot", 0).integer("result") == 0
            ? ""
            : domain.call("domain_snapshot_current", 0).struct("snap").text("name");
    List<Snapshot> all = new ArrayList<>();
    for (XdrStruct snapshot :
        domain.call("domain_list_all_snapshots", WITH_RESULTS, TOPOLOGICAL).structs("snapshots")) {
      String name = snapshot.text("name");
      all.add(described(name, name.equals(current) ? Place.CURRENT : Place.ELSEWHERE));
    }
    return all;
  }

  @Override
  public String createSnapshot(String xml, Set<SnapshotFlag> flags) throws VirtException {
    return domain
        .callLong("domain_snapshot_create_xml", xml, Flag.word(flags))
        .struct("snap")
        .text("name");
  }

  @Override
  public String snapshotXml(String name) throws VirtException {
    return domain.far().call("domain_snapshot_get_xml_desc", named(name), 0).text("xml");
  }

  @Override
  public void revertToSnapshot(String name, Set<RevertFlag> flags) throws VirtException {
    domain.far().callLong("domain_revert_to_snapshot", named(name), Flag.word(flags));
  }

  @Override
  public void deleteSnapshot(String name, Set<DeleteFlag> flags) throws VirtException {
    domain.far().callLong("domain_snapshot_delete", named(name), Flag.word(flags));
  }

  private Snapshot described(String name, Place place) throws VirtException {
    XmlElement xml = SafeXml.tree("domainsnapshot", snapshotXml(name));
    return new Snapshot(
        name,
        xml.child("parent").flatMap(parent -> text(parent, "name")),
        text(xml, "description").orElse(""),
        Instant.ofEpochSecond(
            text(xml, "creationTime")
                .filter(t -> t.matches(SECONDS))
                .map(Long::valueOf)
                .orElse(0L)),
        text(xml, "state").map(STATES::get).orElse(DomainState.NOSTATE),
        place);
  }

  private static Optional<String> text(XmlElement xml, String child) {
    return xml.child(child).map(XmlElement::text).map(String::strip);
  }

  private XdrStruct named(String name) throws VirtException {
    return SNAPSHOT.of(name, domain.far().domain(domain.id()));
  }
}
