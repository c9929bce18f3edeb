package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.DomainNotice.BlockJob;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.QemuVerbs.Language;
import org.virt.api.nwfilter.FilterManager;
import org.virt.common.process.Command;
import org.virt.driver.qemu.internal.QemuDriver;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.machine.QemuUser;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;
import org.virt.test.contract.EventLog;
import org.virt.test.contract.FolderState;

/** A driver with a state directory of its own, and what its machines leave. */
abstract class QemuFixture {
  static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path home;

  final UUID uuid = UUID.randomUUID();
  final DomainId id = new DomainId(uuid);
  final EventLog events = new EventLog(LIMIT);
  final List<DomainEvent> heard = new ArrayList<>();
  private final BlockingQueue<DomainNotice> notices = new LinkedBlockingQueue<>();

  /** Who runs the machines of drivers that are started from now on. */
  QemuUser.Choice user = QemuUser.USUAL;

  ScreenTls tls = ScreenTls.USUAL;

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
    driver = new QemuDriver(new FolderState(folder), user, tls);
    if (filters != null) {
      driver.setFilters(filters);
    }
    connection = driver.open(QemuMachines.SYSTEM);
    connection.subscribe(events);
    connection.subscribe(
        new DomainListener() {
          @Override
          public void event(DomainEvent event) {
            synchronized (heard) {
              heard.add(event);
            }
          }

          @Override
          public void notice(DomainNotice notice) {
            notices.add(notice);
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

  /** Ends the driver, and then the machine's QEMU. */
  void killUnseen() {
    stopDriver();
    ProcessHandle process = process();
    process.destroyForcibly();
    process.onExit().join();
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

  <F> F verbs(Class<F> type) {
    return ((Facets) connection).facet(type, id).orElseThrow();
  }

  <F> F host(Class<F> type) {
    return ((Facets) connection).facet(type).orElseThrow();
  }

  static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  String live() throws VirtException {
    return connection.xml(id, XmlView.LIVE);
  }

  String kept() throws VirtException {
    return connection.xml(id, XmlView.INACTIVE);
  }

  Path image(String name, String format) throws VirtException {
    Path file = home.resolve(name);
    Command.of("qemu-img", "create", "-q", "-f", format, file.toString(), "4M")
        .withLimit(LIMIT)
        .run();
    return file;
  }

  static String disk(Path file, String target, String bus) {
    String format = file.toString().endsWith("qcow2") ? "qcow2" : "raw";
    return "<disk type='file' device='disk'><driver name='qemu' type='%s'/><source file='%s'/>"
            .formatted(format, file)
        + "<target dev='%s' bus='%s'/></disk>".formatted(target, bus);
  }

  /** Waits until something beside the life cycle is told; what came before it is forgotten. */
  void await(String what, Duration limit, Predicate<DomainNotice> which)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      DomainNotice notice = notices.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (notice == null) {
        throw new AssertionError("not told in time: " + what);
      }
      if (which.test(notice)) {
        return;
      }
    }
  }

  /** Waits until a job on the disk vda has come to this. */
  void awaitJob(BlockJob.Status status) throws InterruptedException {
    await(
        "a block job is " + status,
        LIMIT,
        told ->
            told instanceof BlockJob job
                && job.type() == DomainNotice.Type.BLOCK_JOB_2
                && job.status() == status);
  }

  /** Makes an image on another one. */
  Path overlay(String name, Path backing) throws VirtException {
    Path file = home.resolve(name);
    Command.of(
            "qemu-img",
            "create",
            "-q",
            "-f",
            "qcow2",
            "-b",
            backing.toString(),
            "-F",
            "qcow2",
            file.toString())
        .withLimit(LIMIT)
        .require();
    return file;
  }

  String monitor(String command) throws VirtException {
    return verbs(QemuVerbs.class).monitorCommand(command, Language.HMP);
  }
}
