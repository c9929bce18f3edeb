package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Console;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.spi.driver.Consoles;
import org.virt.test.host.lab.Lab;

/** What a guest and its machine do to each other; with a Linux that boots in some seconds. */
class QemuGuestTest extends QemuFixture {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(2);
  private static final int BOOT_SECONDS = 120;
  private static final long POLL_NANOS = 50_000_000;

  /** Stands for the end of the console. */
  private static final String END = "console: end";

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private Path guest;

  @BeforeEach
  void findGuest() throws VirtException {
    Path build = Path.of(System.getProperty("virt.checkout", "../.."), "test/guest/build");
    Result result = Command.of(build.toString()).withLimit(BUILD_LIMIT).run();
    assumeTrue(result.ok(), "needs the test guest (test/guest/build): " + result.reason());
    guest = Path.of(result.out().strip());
  }

  private void defineGuest(String actions, String options) throws VirtException {
    connection.define(
        """
        <domain type='qemu'>
          <name>guest</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>96</memory>
          <os>
            <type arch='x86_64' machine='pc'>hvm</type>
            <kernel>%s/vmlinuz</kernel>
            <initrd>%s/initramfs.gz</initrd>
            <cmdline>console=ttyS0 quiet panic=-1 virt.net=none %s</cmdline>
          </os>
          <features><acpi/></features>
          %s
          <devices><serial type='pty'/></devices>
        </domain>
        """
            .formatted(uuid, guest, guest, options, actions));
  }

  /** Collects the lines of the console until the machine ends. */
  private Console listen() throws VirtException {
    Console console = ((Consoles) connection).console(id, "");
    Thread reader =
        new Thread(
            () -> {
              StringBuilder line = new StringBuilder();
              byte[] bytes = new byte[512];
              try {
                for (int n = console.input().read(bytes); n >= 0; n = console.input().read(bytes)) {
                  line.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
                  int end = line.indexOf("\n");
                  while (end >= 0) {
                    lines.add(line.substring(0, end).strip());
                    line.delete(0, end + 1);
                    end = line.indexOf("\n");
                  }
                }
                lines.add(END);
              } catch (IOException e) {
                lines.add("console: " + e.getMessage());
              }
            });
    reader.setDaemon(true);
    reader.start();
    return console;
  }

  private void awaitLine(String start) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOT_SECONDS);
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("the guest did not say " + start);
      }
      if (line.startsWith(start)) {
        return;
      }
    }
  }

  private Reason reason() {
    try {
      return connection.summary(id).status().reason();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void powersOffWhenItIsAsked() throws Exception {
    defineGuest("", "");
    connection.start(id);
    try (Console console = listen()) {
      awaitLine("guest:ready");
      assertTrue(connection.info(id).cpuTime().toMillis() > 0);
      connection.shutdown(id);
      awaitLine("guest:powerdown");
    }
    Lab.await("it is off", () -> reason() == Reason.SHUT_DOWN);
    events.await(id, List.of(Kind.DEFINED_ADDED, Kind.STARTED_BOOTED, Kind.STOPPED_SHUTDOWN));
    assertEquals(List.of(), runFiles());
  }

  @Test
  void bootsAgainWhenItIsAskedAlsoUnderAnotherRuntime() throws Exception {
    defineGuest("", "");
    connection.start(id);
    try (Console console = listen()) {
      awaitLine("guest:ready");
      connection.reboot(id);
    }
    long process = process().pid();
    restartDriver();
    try (Console console = listen()) {
      awaitLine("guest:ready");
    }
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    assertEquals(process, process().pid());
    connection.shutdown(id);
    Lab.await("it is off", () -> reason() == Reason.SHUT_DOWN);
  }

  @Test
  void isFoundPoweredOffByALaterRuntime() throws Exception {
    defineGuest("", "virt.script=dHJ1ZQo= virt.poweroff=1");
    connection.start(id);
    stopDriver();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOOT_SECONDS);
    while (!isOff()) {
      assertTrue(System.nanoTime() < deadline, "the guest powers itself off");
      LockSupport.parkNanos(POLL_NANOS);
    }
    startDriver(home);
    Lab.await("that is noticed", () -> reason() == Reason.SHUT_DOWN);
    assertEquals(List.of(), runFiles());
  }

  /** Asks QEMU itself; between a guest's power-off and a runtime nothing else tells. */
  private boolean isOff() {
    try {
      Path monitor = home.resolve("qemu/run/" + uuid + "/monitor");
      JsonObject status = OtherHand.execute(monitor, "query-status").getAsJsonObject();
      return status.get("status").getAsString().equals("shutdown");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void bootsAgainAfterAPowerOffThatMeansRestart() throws Exception {
    defineGuest("<on_poweroff>restart</on_poweroff>", "");
    connection.start(id);
    try (Console console = listen()) {
      awaitLine("guest:ready");
      connection.shutdown(id);
      awaitLine("guest:ready");
    }
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
  }

  @Test
  void endsWithAResetThatMeansTheEnd() throws Exception {
    defineGuest("<on_reboot>destroy</on_reboot>", "virt.script=cmVib290IC1mCg==");
    connection.start(id);
    try (Console console = listen()) {
      awaitLine(END);
    }
    Lab.await("it is off", () -> reason() == Reason.SHUT_DOWN);
  }
}
