package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.domain.BlockJobVerbs.Commit;
import org.virt.api.domain.BlockJobVerbs.CommitFlag;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.domain.DomainNotice.BlockJob.Status;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SaveVerbs.DumpFlag;
import org.virt.api.domain.SaveVerbs.DumpFormat;
import org.virt.api.domain.TypedParameters;
import org.virt.common.process.Command;
import org.virt.driver.qemu.internal.QemuDriver;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.linux.OpenPath;
import org.virt.driver.qemu.internal.machine.QemuUser;
import org.virt.spi.driver.DriverConnection;
import org.virt.test.contract.FolderState;
import org.virt.test.host.lab.Lab;

/** Machines that a user other than root runs, and whose files those are meanwhile. */
class QemuUserTest extends QemuFixture {
  private static final QemuUser.Choice NOBODY = new QemuUser.Choice("nobody", "");
  private static final int PAGES = 16;
  private static final String DRIVE =
      "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>";

  @BeforeEach
  void runAsNobody() throws Exception {
    mode(home, "rwx--x--x");
    user = NOBODY;
    restartDriver();
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static String owner(Path file) throws IOException {
    return Files.getOwner(file).getName();
  }

  private static Optional<String> noted(Path file) throws IOException {
    try (OpenPath open = OpenPath.of(file)) {
      return open.attribute("trusted.virt.owner");
    }
  }

  /** An image that only its owner may open. */
  private Path own(String name, String format) throws Exception {
    Path file = image(name, format);
    mode(file, "rw-------");
    return file;
  }

  private static void assertGivenBack(Path... files) throws Exception {
    for (Path file : files) {
      assertEquals("root", owner(file), file.toString());
      assertEquals(Optional.empty(), noted(file));
    }
  }

  private String status(String field) throws IOException {
    String text = Files.readString(Path.of("/proc/" + process().pid() + "/status"));
    return first(text, "(?m)^" + field + ":\\s+(\\S+)");
  }

  @Test
  void runsWithoutRightsAndHasItsFilesWhileItRuns() throws Exception {
    Path base = own("base.qcow2", "qcow2");
    Path top = overlay("top.qcow2", base);
    Path open = image("open.raw", "raw");
    mode(open, "rw-rw-rw-");
    define("user", disk(top, "vda", "virtio") + disk(open, "vdb", "virtio"));
    connection.start(id);
    assertEquals("65534", status("Uid"));
    assertEquals("65534", status("Gid"));
    assertEquals("1", status("NoNewPrivs"));
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      assertEquals("0000000000000000", status(set), set);
    }
    assertEquals("nobody", owner(top));
    assertEquals("nobody", owner(base), "what is behind it, too");
    assertEquals("root", owner(open), "it may open this one anyway");
    connection.destroy(id);
    assertGivenBack(top, base, open);
    assertEquals(List.of(), runFiles());
    try (Stream<Path> left = Files.list(Path.of("/run"))) {
      assertEquals(
          List.of(), left.filter(path -> path.toString().contains(id.toString())).toList());
    }
  }

  /** Gives the host more huge pages, or fewer, and returns how many are free then. */
  private static int pages(int more) throws Exception {
    Path pool = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");
    assumeTrue(Files.isDirectory(pool), "the kernel has no huge pages of 2 MiB");
    Path lock = Path.of("/tmp/virt-test-hugepages");
    try (FileChannel one =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = one.lock()) {
      Path number = pool.resolve("nr_hugepages");
      int before = Integer.parseInt(Files.readString(number).strip());
      Files.writeString(number, Integer.toString(before + more));
      return Integer.parseInt(Files.readString(pool.resolve("free_hugepages")).strip());
    } finally {
      Files.deleteIfExists(lock);
    }
  }

  @Test
  void hasHugePagesInAFolderOfItsOwn() throws Exception {
    Path huge = Files.createDirectory(home.resolve("huge"));
    int free = pages(PAGES);
    try {
      assumeTrue(free >= PAGES, "the host has no " + PAGES + " huge pages that are free");
      Command.of("mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", "" + huge).require();
      define("user", "");
      connection.define(
          connection
              .xml(id, XmlView.INACTIVE)
              .replace("<os>", "<memoryBacking><hugepages/></memoryBacking><os>"));
      connection.start(id);
      Path maps = Path.of("/proc/" + process().pid() + "/maps");
      assertTrue(Files.readString(maps).contains(huge + "/virt-"), "its memory is there");
      try (Stream<Path> own = Files.list(huge)) {
        assertEquals("nobody", owner(own.findFirst().orElseThrow()));
      }
      restartDriver();
      connection.destroy(id);
      try (Stream<Path> left = Files.list(huge)) {
        assertEquals(List.of(), left.toList());
      }
    } finally {
      Command.of("umount", "" + huge).run();
      pages(-PAGES);
    }
  }

  @Test
  void givesFilesBackHoweverTheMachineEnds() throws Exception {
    Path image = own("a.raw", "raw");
    define("user", disk(image, "vda", "virtio"));
    connection.start(id);
    process().destroyForcibly();
    events.awaitLast(id, Kind.STOPPED_CRASHED);
    assertGivenBack(image);

    connection.start(id);
    restartDriver();
    assertEquals("nobody", owner(image), "it runs on");
    killUnseen();
    startDriver(home);
    assertGivenBack(image);
  }

  @Test
  void givesASharedFileBackWithTheLastOne() throws Exception {
    Path image = own("shared.raw", "raw");
    String shared =
        disk(image, "vda", "virtio").replace("</disk>", "<readonly/><shareable/></disk>");
    define("user", shared);
    UUID second = UUID.randomUUID();
    connection.define(QemuMachines.xml("other", second, shared));
    connection.start(id);
    connection.start(new DomainId(second));
    connection.destroy(id);
    assertEquals("nobody", owner(image));
    connection.destroy(new DomainId(second));
    assertGivenBack(image);
  }

  @Test
  void leavesAFileToTheMachineThatHasItWhenAnotherRuntimeWantsIt() throws Exception {
    Path image = own("a.raw", "raw");
    define("user", disk(image, "vda", "virtio"));
    connection.start(id);
    Path elsewhere = Files.createDirectory(home.resolve("other"));
    QemuDriver other = new QemuDriver(new FolderState(elsewhere), NOBODY, ScreenTls.USUAL);
    try {
      DriverConnection theirs = other.open(QemuMachines.SYSTEM);
      DomainId copy =
          theirs.define(QemuMachines.xml("copy", UUID.randomUUID(), disk(image, "vda", "virtio")));
      String why = fails(ErrorCode.OPERATION_FAILED, () -> theirs.start(copy));
      assertTrue(why.contains("lock"), why);
      assertEquals("nobody", owner(image));
    } finally {
      other.stop();
    }
    connection.destroy(id);
    assertGivenBack(image);
  }

  @Test
  void plugsDisksInAndSavesAndDumps() throws Exception {
    Path image = own("late.raw", "raw");
    define("user", "");
    connection.start(id);
    verbs(DeviceVerbs.class).attachDevice(disk(image, "vdb", "virtio"), Affects.LIVE);
    assertEquals("nobody", owner(image));
    Path core = home.resolve("core");
    verbs(SaveVerbs.class).coreDump(core.toString(), DumpFormat.RAW, Set.of(DumpFlag.MEMORY_ONLY));
    assertTrue(Files.size(core) > 1 << 20, "a dump of memory");
    verbs(SaveVerbs.class).managedSave(Set.of());
    assertGivenBack(image);
    connection.start(id);
    assertEquals("nobody", owner(image));
    connection.destroy(id);
    assertGivenBack(image);
  }

  @Test
  void writesWhatBlockJobsWrite() throws Exception {
    Path base = own("base.qcow2", "qcow2");
    Path top = overlay("top.qcow2", base);
    define("user", disk(top, "vda", "virtio") + DRIVE);
    connection.start(id);
    BlockJobVerbs jobs = verbs(BlockJobVerbs.class);
    Path copy = home.resolve("copy.qcow2");
    String target = "<disk type='file'><source file='" + copy + "'/></disk>";
    jobs.blockCopy("vda", target, TypedParameters.builder().build(), Set.of());
    awaitJob(Status.READY);
    assertEquals("nobody", owner(copy));
    Path medium = own("medium.raw", "raw");
    change(medium);
    change(null);
    assertGivenBack(medium);
    assertEquals("nobody", owner(copy), "the job still writes to it");
    jobs.blockJobAbort("vda", Set.of());
    assertGivenBack(copy);
    jobs.blockCommit("vda", new Commit("", "", 0), Set.of(CommitFlag.ACTIVE));
    awaitJob(Status.READY);
    jobs.blockJobAbort("vda", Set.of(AbortFlag.PIVOT));
    assertGivenBack(top);
    assertEquals("nobody", owner(base));
    connection.destroy(id);
    assertGivenBack(base);
  }

  /** Changes the medium of the drive; null: takes it out. */
  private void change(Path medium) throws Exception {
    String source = medium == null ? "" : "<source file='" + medium + "'/>";
    String drive = "<disk type='file' device='cdrom'>%s<target dev='hda' bus='ide'/></disk>";
    verbs(DeviceVerbs.class).updateDevice(drive.formatted(source), Affects.LIVE, Force.NO);
  }

  @Test
  void givesAMediumBackThatIsTakenOut() throws Exception {
    Path one = own("one.raw", "raw");
    Path two = own("two.raw", "raw");
    define("user", DRIVE);
    connection.start(id);
    change(one);
    change(two);
    assertGivenBack(one);
    assertEquals("nobody", owner(two));
    restartDriver();
    change(null);
    assertGivenBack(two);
  }

  @Test
  void givesAnImageBackThatWasPulledInto() throws Exception {
    Path base = own("base.qcow2", "qcow2");
    Path top = overlay("top.qcow2", base);
    define("user", disk(top, "vda", "virtio"));
    connection.start(id);
    assertEquals("nobody", owner(base));
    verbs(BlockJobVerbs.class).blockPull("vda", "", 0, Set.of());
    awaitJob(Status.COMPLETED);
    Lab.await("it is given back", () -> isRoots(base));
    assertGivenBack(base);
    assertEquals("nobody", owner(top));
  }

  private static boolean isRoots(Path file) {
    try {
      return owner(file).equals("root") && noted(file).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void saysWhichFolderIsClosed() throws Exception {
    Path closed = Files.createDirectory(home.resolve("closed"));
    mode(closed, "rwx------");
    Path image = own("closed/a.raw", "raw");
    define("user", disk(image, "vda", "virtio"));
    String why = fails(ErrorCode.OPERATION_FAILED, () -> connection.start(id));
    assertTrue(why.contains("as user 'nobody': it cannot enter " + closed), why);
    assertFalse(hasProcess());
    assertGivenBack(image);
  }

  @Test
  void namesAUserThatIsNotThere() throws Exception {
    user = new QemuUser.Choice("no-such-user", "");
    restartDriver();
    define("user", "");
    String why = fails(ErrorCode.CONFIG_UNSUPPORTED, () -> connection.start(id));
    assertTrue(why.contains("user 'no-such-user'"), why);
    assertFalse(hasProcess());
  }
}
