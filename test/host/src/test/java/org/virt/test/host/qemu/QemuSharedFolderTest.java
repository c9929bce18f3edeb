package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.spi.driver.Facets;
import org.virt.test.host.lab.Lab;

/**
 * Folders of the host that a guest mounts by virtiofs; their daemon is started with the machine.
 */
class QemuSharedFolderTest extends QemuFixture {
  private static final Path LEFT = Path.of("/run/virtiofsd");

  /** Mounts the folder as soon as it is there, and copies a file within it. */
  private static final String COPY =
      """
      modprobe virtiofs; mkdir /m
      while ! mount -t virtiofs share /m; do usleep 200000; done 2>/dev/null
      cp /m/in /m/out.part && mv /m/out.part /m/out
      """;

  private Path shared;
  private TestGuest guest;

  @BeforeEach
  void makeFolder() throws Exception {
    assumeTrue(
        Stream.of("/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd")
            .anyMatch(program -> Files.isExecutable(Path.of(program))),
        "needs virtiofsd (apt-get install qemu-system-common)");
    guest = TestGuest.find();
    shared = Files.createDirectory(home.resolve("shared"));
    Files.writeString(shared.resolve("in"), "of the host");
  }

  private String folder(String binary) {
    return "<filesystem type='mount'><driver type='virtiofs'/>%s<source dir='%s'/>"
            .formatted(binary, shared)
        + "<target dir='share'/></filesystem>";
  }

  private void start(String devices) throws VirtException {
    connection.define(
        """
        <domain type='qemu'><name>sharing</name><uuid>%s</uuid><memory unit='MiB'>96</memory>
        <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>
        %s<devices>%s</devices></domain>
        """
            .formatted(uuid, guest.os(COPY), devices));
    connection.start(id);
  }

  private void awaitCopy() throws Exception {
    Lab.await(
        "the guest has copied the file",
        TestGuest.BOOT_LIMIT,
        () -> Files.exists(shared.resolve("out")));
    assertEquals("of the host", Files.readString(shared.resolve("out")));
  }

  private long daemons() {
    return ProcessHandle.allProcesses().filter(this::serves).count();
  }

  private boolean serves(ProcessHandle process) {
    try {
      String words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
      return words.contains("virtiofsd") && words.contains(shared.toString());
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private List<Path> left() {
    if (!Files.isDirectory(LEFT)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(LEFT)) {
      return files.filter(file -> file.toString().contains(id.toString())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertNothingLeft() throws Exception {
    Lab.await("the daemon has ended", () -> daemons() == 0);
    assertEquals(List.of(), left());
    assertEquals(List.of(), runFiles());
  }

  @Test
  void isMountedByAGuest() throws Exception {
    start(folder("<binary xattr='on'><cache mode='always'/><lock flock='on'/></binary>"));
    awaitCopy();
    connection.destroy(id);
    assertNothingLeft();
  }

  @Test
  void isPluggedIn() throws Exception {
    start("");
    ((Facets) connection)
        .facet(DeviceVerbs.class, id)
        .orElseThrow()
        .attachDevice(folder(""), Affects.LIVE);
    awaitCopy();
    process().destroyForcibly();
    events.awaitLast(id, Kind.STOPPED_CRASHED);
    assertNothingLeft();
  }

  @Test
  void saysWhyItsDaemonDoesNotStart() throws Exception {
    VirtException e =
        assertThrows(
            VirtException.class, () -> start(folder("<binary path='/nowhere/virtiofsd'/>")));
    assertTrue(e.getMessage().contains("/nowhere/virtiofsd"), e.getMessage());
    Files.delete(shared.resolve("in"));
    Files.delete(shared);
    e = assertThrows(VirtException.class, () -> connection.start(id));
    assertTrue(e.getMessage().contains("/nowhere/virtiofsd"), e.getMessage());
    e = assertThrows(VirtException.class, () -> start(folder("")));
    assertTrue(e.getMessage().contains(shared.toString()), e.getMessage());
    assertNothingLeft();
  }
}
