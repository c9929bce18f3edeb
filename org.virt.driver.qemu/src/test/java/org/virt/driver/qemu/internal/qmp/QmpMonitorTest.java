package org.virt.driver.qemu.internal.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class QmpMonitorTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path folder;

  private final Ear ear = new Ear();

  /** Keeps what a monitor tells. */
  private static final class Ear implements QmpListener {
    final BlockingQueue<QmpEvent> events = new LinkedBlockingQueue<>();
    final CompletableFuture<String> end = new CompletableFuture<>();

    @Override
    public void event(QmpEvent event) {
      events.add(event);
    }

    @Override
    public void closed(String reason) {
      end.complete(reason);
    }

    String reason() {
      return end.orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  private QmpMonitor connect(FakeQemu qemu) throws VirtException {
    return QmpMonitor.connect("guest", qemu.socket(), ear, LIMIT);
  }

  @Test
  void negotiatesBeforeAnythingElse() throws Exception {
    try (FakeQemu qemu = new FakeQemu(folder, FakeQemu.GREETING, FakeQemu::ok);
        QmpMonitor monitor = connect(qemu)) {
      monitor.execute("query-status", LIMIT);
      assertEquals(List.of("qmp_capabilities", "query-status"), qemu.commands());
    }
  }

  @Test
  void givesEachCallerItsOwnAnswer() throws Exception {
    List<String> held = new ArrayList<>();
    try (FakeQemu qemu =
            new FakeQemu(
                folder,
                FakeQemu.GREETING,
                (command, id) -> {
                  if (command.equals("qmp_capabilities")) {
                    return FakeQemu.ok(command, id);
                  }
                  held.add(0, "{\"return\": \"" + command + "\", \"id\": " + id + "}\n");
                  return held.size() == 3 ? String.join("", held) : "";
                });
        QmpMonitor monitor = connect(qemu)) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (String command : List.of("a", "b", "c")) {
        answers.add(CompletableFuture.supplyAsync(() -> execute(monitor, command)));
      }
      assertEquals(List.of("a", "b", "c"), answers.stream().map(CompletableFuture::join).toList());
    }
  }

  private static String execute(QmpMonitor monitor, String command) {
    try {
      return monitor.execute(command, LIMIT).getAsString();
    } catch (VirtException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Test
  void reportsQemusWordsWhenACommandFails() throws Exception {
    try (FakeQemu qemu =
            new FakeQemu(
                folder,
                FakeQemu.GREETING,
                (command, id) ->
                    command.equals("eject")
                        ? "{\"error\": {\"class\": \"GenericError\", \"desc\": \"No tray\"}, \"id\": "
                            + id
                            + "}\n"
                        : FakeQemu.ok(command, id));
        QmpMonitor monitor = connect(qemu)) {
      VirtException e = assertThrows(VirtException.class, () -> monitor.execute("eject", LIMIT));
      assertEquals(ErrorCode.OPERATION_FAILED, e.code());
      assertEquals("monitor of machine 'guest', 'eject': No tray", e.getMessage());
    }
  }

  @Test
  void handsEventsOnInOrder() throws Exception {
    try (FakeQemu qemu = new FakeQemu(folder, FakeQemu.GREETING, FakeQemu::ok);
        QmpMonitor monitor = connect(qemu)) {
      qemu.send("{\"event\": \"STOP\", \"timestamp\": {}}\r\n{\"event\": \"SHUT");
      qemu.send("DOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-shutdown\"}}\n");
      assertEquals("STOP", ear.events.poll(10, TimeUnit.SECONDS).name());
      QmpEvent shutdown = ear.events.poll(10, TimeUnit.SECONDS);
      assertEquals("SHUTDOWN", shutdown.name());
      assertEquals("guest-shutdown", shutdown.text("reason"));
      assertEquals("", shutdown.text("absent"));
      assertTrue(monitor.isOpen());
    }
  }

  @Test
  void givesUpACommandThatIsNotAnsweredAndTakesItsAnswerLater() throws Exception {
    try (FakeQemu qemu =
            new FakeQemu(
                folder,
                FakeQemu.GREETING,
                (command, id) -> command.equals("slow") ? "" : FakeQemu.ok(command, id));
        QmpMonitor monitor = connect(qemu)) {
      VirtException e = assertThrows(VirtException.class, () -> monitor.execute("slow", SHORT));
      assertEquals(ErrorCode.OPERATION_TIMEOUT, e.code());
      qemu.send("{\"return\": {}, \"id\": 2}\n");
      JsonElement next = monitor.execute("query-status", LIMIT);
      assertTrue(next.isJsonObject());
      assertTrue(monitor.isOpen());
    }
  }

  @Test
  void failsFastOnceTooManyCommandsHang() throws Exception {
    try (FakeQemu qemu =
            new FakeQemu(
                folder,
                FakeQemu.GREETING,
                (command, id) -> command.equals("slow") ? "" : FakeQemu.ok(command, id));
        QmpMonitor monitor = connect(qemu)) {
      assertTimeoutPreemptively(
          LIMIT,
          () -> {
            for (int i = 0; i < 20; i++) {
              assertThrows(
                  VirtException.class, () -> monitor.execute("slow", Duration.ofMillis(5)));
            }
          });
      assertTrue(qemu.commands().size() <= 17, "commands sent: " + qemu.commands().size());
    }
  }

  @Test
  void endsWaitingCommandsWhenQemuDies() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    try (FakeQemu qemu =
            new FakeQemu(
                folder,
                FakeQemu.GREETING,
                (command, id) -> {
                  if (command.equals("slow")) {
                    asked.complete(null);
                    return "";
                  }
                  return FakeQemu.ok(command, id);
                });
        QmpMonitor monitor = connect(qemu)) {
      CompletableFuture<Void> call =
          CompletableFuture.runAsync(
              () -> assertThrows(VirtException.class, () -> monitor.execute("slow", LIMIT)));
      asked.orTimeout(5, TimeUnit.SECONDS).join();
      qemu.hangUp();
      call.orTimeout(5, TimeUnit.SECONDS).join();
      assertEquals("", ear.reason());
      assertFalse(monitor.isOpen());
      VirtException e = assertThrows(VirtException.class, () -> monitor.execute("cont", LIMIT));
      assertEquals("monitor of machine 'guest', 'cont': the monitor has ended", e.getMessage());
    }
  }

  @Test
  void endsAMonitorThatFloodsWithOneLine() throws Exception {
    try (FakeQemu qemu = new FakeQemu(folder, FakeQemu.GREETING, FakeQemu::ok);
        QmpMonitor monitor = connect(qemu)) {
      CompletableFuture<Void> flood =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 64; i++) {
                  qemu.send("x".repeat(64 * 1024));
                }
              });
      assertEquals("a line is longer than 1048576 bytes", ear.reason());
      assertFalse(monitor.isOpen());
      assertThrows(RuntimeException.class, () -> flood.orTimeout(5, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void endsAMonitorThatLies() throws Exception {
    List<String> lies =
        List.of(
            "hello",
            "[]",
            "{\"return\": {}, \"id\": 77}",
            "{\"return\": {}}",
            "{\"event\": {}}",
            "[".repeat(100_000));
    for (String lie : lies) {
      Ear own = new Ear();
      try (FakeQemu qemu = new FakeQemu(folder, FakeQemu.GREETING, FakeQemu::ok);
          QmpMonitor monitor = QmpMonitor.connect("guest", qemu.socket(), own, LIMIT)) {
        qemu.send(lie + "\n");
        assertFalse(own.reason().isEmpty(), lie);
        assertFalse(monitor.isOpen(), lie);
      }
    }
  }

  @Test
  void givesUpWhenNobodyGreets() throws Exception {
    try (FakeQemu qemu = new FakeQemu(folder, "", FakeQemu::ok)) {
      VirtException e =
          assertThrows(
              VirtException.class, () -> QmpMonitor.connect("guest", qemu.socket(), ear, SHORT));
      assertEquals(ErrorCode.OPERATION_TIMEOUT, e.code());
      ear.reason();
    }
  }

  @Test
  void saysWhereNobodyListens() {
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> QmpMonitor.connect("guest", folder.resolve("none"), ear, LIMIT));
    assertEquals(ErrorCode.OPERATION_FAILED, e.code());
    assertTrue(e.getMessage().contains("'guest'"), e.getMessage());
    assertTrue(e.getMessage().contains("none"), e.getMessage());
  }
}
