package org.virt.driver.test.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.DeleteFlag;
import org.virt.api.domain.SnapshotVerbs.Place;
import org.virt.api.domain.SnapshotVerbs.RevertFlag;
import org.virt.api.domain.SnapshotVerbs.SnapshotFlag;

/** Compared with {@code virsh -c test:///default} of libvirt 9.0.0. */
class TestSnapshotsTest {
  private final TestDriver driver = new TestDriver();
  private TestConnection connection;
  private DomainId id;
  private SnapshotVerbs verbs;

  @BeforeEach
  void open() throws VirtException {
    connection = (TestConnection) driver.open(URI.create("test:///default"));
    id = connection.domains().get(0).id();
    verbs = connection.facet(SnapshotVerbs.class, id).orElseThrow();
  }

  @AfterEach
  void close() {
    connection.close();
    driver.deactivate();
  }

  private static String fails(ErrorCode code, org.junit.jupiter.api.function.Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  private void take(String... names) throws VirtException {
    for (String name : names) {
      verbs.createSnapshot("<domainsnapshot><name>" + name + "</name></domainsnapshot>", Set.of());
    }
  }

  /** The tree as {@code name<parent}, the current one with a star. */
  private String tree() throws VirtException {
    return verbs.snapshots().stream()
        .map(
            one ->
                one.name()
                    + one.parent().map(parent -> "<" + parent).orElse("")
                    + (one.place() == Place.CURRENT ? "*" : ""))
        .collect(Collectors.joining(" "));
  }

  private Reason reason() throws VirtException {
    return connection.summary(id).status().reason();
  }

  @Test
  void growsATree() throws VirtException {
    take("a", "b");
    verbs.revertToSnapshot("a", Set.of());
    take("c");
    assertEquals("a b<a c<a*", tree());
    fails(ErrorCode.OPERATION_FAILED, () -> take("a"));
    assertEquals("a b<a c<a*", tree());
    String named = verbs.createSnapshot("<domainsnapshot/>", Set.of());
    assertTrue(named.matches("[0-9]+"), named);
  }

  @Test
  void deletesOneOrItsDescendants() throws VirtException {
    take("a", "b", "c", "d");
    verbs.deleteSnapshot("b", Set.of());
    assertEquals("a c<a d<c*", tree());
    verbs.deleteSnapshot("d", Set.of());
    assertEquals("a c<a*", tree());
    take("e", "f");
    verbs.deleteSnapshot("c", Set.of(DeleteFlag.CHILDREN_ONLY));
    assertEquals("a c<a*", tree());
    verbs.deleteSnapshot("a", Set.of(DeleteFlag.CHILDREN));
    assertEquals("", tree());
    fails(ErrorCode.NO_DOMAIN_SNAPSHOT, () -> verbs.deleteSnapshot("a", Set.of()));
    fails(ErrorCode.NO_DOMAIN_SNAPSHOT, () -> verbs.revertToSnapshot("a", Set.of()));
    fails(ErrorCode.NO_DOMAIN_SNAPSHOT, () -> verbs.snapshotXml("a"));
  }

  @Test
  void goesBackToTheStateOfThen() throws VirtException {
    take("runs");
    connection.suspend(id);
    take("paused");
    connection.destroy(id);
    take("off");
    verbs.revertToSnapshot("runs", Set.of());
    assertEquals(Reason.RUNNING_FROM_SNAPSHOT, reason());
    verbs.revertToSnapshot("paused", Set.of());
    assertEquals(Reason.PAUSED_FROM_SNAPSHOT, reason());
    verbs.revertToSnapshot("paused", Set.of(RevertFlag.RUNNING));
    assertEquals(Reason.RUNNING_FROM_SNAPSHOT, reason());
    verbs.revertToSnapshot("off", Set.of());
    assertEquals(Reason.SHUTOFF_FROM_SNAPSHOT, reason());
    verbs.revertToSnapshot("off", Set.of(RevertFlag.PAUSED));
    assertEquals(Reason.PAUSED_FROM_SNAPSHOT, reason());
    fails(
        ErrorCode.INVALID_ARG,
        () -> verbs.revertToSnapshot("off", Set.of(RevertFlag.PAUSED, RevertFlag.RUNNING)));
  }

  @Test
  void halts() throws VirtException {
    verbs.createSnapshot("<domainsnapshot/>", Set.of(SnapshotFlag.HALT));
    assertEquals(Reason.SHUTOFF_FROM_SNAPSHOT, reason());
    fails(
        ErrorCode.INVALID_ARG,
        () -> verbs.createSnapshot("<domainsnapshot/>", Set.of(SnapshotFlag.DISK_ONLY)));
  }

  @Test
  void takesItsOwnXmlAgain() throws VirtException {
    take("a", "b");
    String xml = verbs.snapshotXml("b");
    assertTrue(xml.contains("  <parent>\n    <name>a</name>\n  </parent>\n"), xml);
    assertTrue(xml.contains("  <memory snapshot='internal'/>\n"), xml);
    assertTrue(xml.contains("    <disk name='vda' snapshot='internal'/>\n"), xml);
    assertTrue(xml.contains("  <domain type='test'>\n    <name>test</name>\n"), xml);
    verbs.deleteSnapshot("b", Set.of());
    verbs.createSnapshot(xml, Set.of(SnapshotFlag.REDEFINE, SnapshotFlag.CURRENT));
    assertEquals("a b<a*", tree());
    assertEquals(xml, verbs.snapshotXml("b"));
    String cycle =
        verbs.snapshotXml("a").replace("<state>", "<parent><name>b</name></parent><state>");
    for (String wrong : List.of(cycle, xml.replace("<name>a</name>", "<name>z</name>"))) {
      fails(
          ErrorCode.INVALID_ARG, () -> verbs.createSnapshot(wrong, Set.of(SnapshotFlag.REDEFINE)));
    }
    fails(
        ErrorCode.INTERNAL_ERROR,
        () ->
            verbs.createSnapshot(
                "<domainsnapshot><name>a</name></domainsnapshot>", Set.of(SnapshotFlag.REDEFINE)));
  }

  @Test
  void keepsAMachineThatHasSnapshots() throws VirtException {
    take("a");
    connection.destroy(id);
    fails(ErrorCode.OPERATION_INVALID, () -> connection.undefine(id));
    connection
        .facet(LifeVerbs.class, id)
        .orElseThrow()
        .undefine(Set.of(UndefineFlag.SNAPSHOTS_METADATA));
    assertEquals(List.of(), connection.domains());
  }
}
