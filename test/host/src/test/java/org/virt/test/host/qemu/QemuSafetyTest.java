package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.QemuDriver;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.machine.QemuUser;
import org.virt.spi.driver.DriverConnection;
import org.virt.test.contract.FolderState;

/** What many at once and two runtimes must not do to machines. */
class QemuSafetyTest extends QemuFixture {
  private static final int MACHINES = Integer.getInteger("virt.machines", 20);
  private static final int CLIENTS = 10;

  @Test
  void startsManyMachinesForManyClients() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<DomainId>> starts = new ArrayList<>();
      for (int i = 0; i < MACHINES; i++) {
        String xml = QemuMachines.xml("many-" + i, UUID.randomUUID(), "");
        starts.add(
            clients.submit(
                () -> {
                  DomainId made = connection.define(xml);
                  connection.start(made);
                  return made;
                }));
      }
      for (Future<DomainId> start : starts) {
        assertTrue(connection.summary(start.get()).isActive());
      }
    } finally {
      clients.shutdownNow();
    }
    assertEquals(
        MACHINES, connection.domains().stream().map(DomainSummary::number).distinct().count());
  }

  @Test
  void letsOneRuntimeAloneUseADisk() throws Exception {
    Path disk = Files.write(home.resolve("disk"), new byte[1 << 20]);
    String device =
        "<disk type='file'><source file='" + disk + "'/><target dev='vda' bus='virtio'/></disk>";
    define("one", device);
    connection.start(id);
    QemuDriver other =
        new QemuDriver(new FolderState(home.resolve("other")), QemuUser.USUAL, ScreenTls.USUAL);
    try (DriverConnection theirs = other.open(QemuMachines.SYSTEM)) {
      DomainId same = theirs.define(QemuMachines.xml("two", UUID.randomUUID(), device));
      VirtException e = assertThrows(VirtException.class, () -> theirs.start(same));
      assertTrue(e.getMessage().contains("lock"), e.getMessage());
      connection.destroy(id);
      theirs.start(same);
      theirs.destroy(same);
    } finally {
      other.stop();
    }
  }

  /** What a guest wrote to a raw disk may look like an image that leads to a file of the host. */
  @Test
  void believesNoImageAboutItsFormat() throws Exception {
    Path written = overlay("written", image("secret.qcow2", "qcow2"));
    Path top = overlay("top.qcow2", written);
    forgetBackingFormat(top);
    define("probed", disk(top, "vda", "virtio"));
    String why = fails(ErrorCode.OPERATION_INVALID, () -> connection.start(id));
    assertTrue(why.contains("format of backing image '" + written + "'"), why);
    assertFalse(hasProcess());
    String told =
        "<backingStore type='file'><format type='raw'/><source file='%s'/></backingStore>";
    String disk = disk(top, "vda", "virtio");
    define("probed", disk.replace("<target", told.formatted(written) + "<target"));
    connection.start(id);
    assertFalse(monitor("info block -v").contains("secret"), "it is raw, as somebody said");
  }

  /** Makes the header extension that names the format of the image behind one of no meaning. */
  private static void forgetBackingFormat(Path image) throws IOException {
    byte[] bytes = Files.readAllBytes(image);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    for (int at = header.getInt(100); header.getInt(at) != 0; ) {
      if (header.getInt(at) == 0xE2792ACA) {
        header.putInt(at, 0x12345678);
      }
      at += 8 + (header.getInt(at + 4) + 7) / 8 * 8;
    }
    Files.write(image, bytes);
  }

  @Test
  void leavesNothingHoweverAMachineEnds() throws IOException, VirtException, InterruptedException {
    define("end", "");
    for (String signal : List.of("TERM", "KILL", "SEGV")) {
      connection.start(id);
      new ProcessBuilder("kill", "-" + signal, Long.toString(process().pid())).start().waitFor();
      org.virt.test.host.lab.Lab.await("it has ended by " + signal, () -> !isActive());
      assertEquals(List.of(), runFiles());
    }
  }

  @Test
  void letsQemuDoLittleAsRoot() throws Exception {
    define("least", "");
    connection.start(id);
    List<String> status = Files.readAllLines(Path.of("/proc/" + process().pid() + "/status"));
    // dac_override, net_bind_service, ipc_lock; capability.h has their numbers.
    String few = "%016x".formatted(1L << 1 | 1L << 10 | 1L << 14);
    for (String line :
        List.of("CapEff:\t" + few, "CapBnd:\t" + few, "CapInh:\t" + "0".repeat(16))) {
      assertTrue(status.contains(line), status + " has " + line);
    }
    assertTrue(status.contains("NoNewPrivs:\t1"), "no program gives it more");
    assertTrue(status.contains("Seccomp:\t2"), "the sandbox is on");
  }

  private boolean isActive() {
    try {
      return connection.summary(id).isActive();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }
}
