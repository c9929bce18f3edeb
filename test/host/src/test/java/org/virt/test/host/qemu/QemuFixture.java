package org.virt.test.host.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterManager;
import org.virt.driver.qemu.internal.QemuDriver;
import org.virt.spi.driver.DriverConnection;
import org.virt.test.contract.EventLog;

/** A driver with a state directory of its own, and what its machines leave. */
abstract class QemuFixture {
  static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path home;

  final UUID uuid = UUID.randomUUID();
  final DomainId id = new DomainId(uuid);
  final EventLog events = new EventLog(LIMIT);
  final List<DomainEvent> heard = new ArrayList<>();
  QemuDriver driver;
  DriverConnection connection;
  private FilterManager filters;
  private Path driverHome;
  private boolean isStopped;

  @BeforeAll
  static void requireQemu() {
    QemuMachines.require();
  }

  @BeforeEach
  void startDriver() throws VirtException {
    startDriver(home);
  }

  void startDriver(Path folder) throws VirtException {
    driverHome = folder;
    isStopped = false;
    driver = new QemuDriver(new FolderState(folder));
    if (filters != null) {
      driver.setFilters(filters);
    }
    connection = driver.open(QemuMachines.SYSTEM);
    connection.subscribe(events);
    connection.subscribe(
        event -> {
          synchronized (heard) {
            heard.add(event);
          }
        });
  }

  /** Gives this driver and later ones a filter manager. */
  void use(FilterManager manager) {
    filters = manager;
    driver.setFilters(manager);
  }

  /** Does what an end of the runtime does to machines: nothing but cut the connections. */
  void restartDriver() throws VirtException {
    stopDriver();
    startDriver(home);
  }

  /** Ends the driver; its machines go on. */
  void stopDriver() {
    driver.stop();
    isStopped = true;
  }

  @AfterEach
  void removeMachines() throws VirtException {
    if (isStopped) {
      startDriver(driverHome);
    }
    for (var domain : connection.domains()) {
      if (domain.isActive()) {
        connection.destroy(domain.id());
      }
    }
    driver.stop();
  }

  DomainId define(String name, String devices) throws VirtException {
    return connection.define(QemuMachines.xml(name, uuid, devices));
  }

  /** Returns the process of the machine, by its UUID on the command line. */
  ProcessHandle process() {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .filter(process -> isMachine(process.pid()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no QEMU runs for " + uuid));
  }

  boolean hasProcess() {
    return ProcessHandle.allProcesses().anyMatch(process -> isMachine(process.pid()));
  }

  private boolean isMachine(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
      return line.contains("qemu-system") && line.contains(uuid.toString());
    } catch (IOException e) {
      return false; // it has ended, or its words are no text
    }
  }

  /** Returns what is there of runs. */
  List<String> runFiles() throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("qemu/run"))) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("booted"))
          .sorted()
          .toList();
    }
  }

  static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }
}
