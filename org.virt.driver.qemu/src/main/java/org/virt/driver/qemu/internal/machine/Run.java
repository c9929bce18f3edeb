package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.virt.api.Console;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.driver.qemu.internal.linux.QemuProcess;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.driver.qemu.internal.qmp.QmpListener;
import org.virt.driver.qemu.internal.qmp.QmpMonitor;
import org.virt.model.domain.DomainConfig;

/** One run of a machine, from its start to its end. */
final class Run implements Asking, QmpListener {
  /** How long QEMU may take for a command that it answers at once. */
  static final Duration COMMAND_LIMIT = Duration.ofSeconds(5);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Events after which the machine may be in another state. Others are not looked at. */
  private static final Set<String> CHANGES =
      Set.of(
          "SHUTDOWN",
          "STOP",
          "RESUME",
          "SUSPEND",
          "WAKEUP",
          "WATCHDOG",
          "BLOCK_IO_ERROR",
          "GUEST_PANICKED");

  final DomainId id;
  final int number;
  final RunPaths paths;

  /** The domain XML that it was started with, without passwords. */
  final String origin;

  /** Its configuration as it is now. */
  final RunConfig live;

  /** Its interfaces on the host; who changes the list has the machine's gate. */
  final List<Port> ports;

  /** Held by whoever talks to the guest's agent: it hears one at a time. */
  final Object agentLock = new Object();

  /** Hears all that QEMU tells. */
  final QmpEvents events = new QmpEvents();

  /** What QEMU need not be asked again. */
  final KnownFigures known = new KnownFigures();

  /** Done once the process has ended. */
  final CompletableFuture<Void> dead = new CompletableFuture<>();

  /** Done once what the run had on the host is gone and the machine is inactive. */
  final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Files that its user was given, or may have been. */
  final Set<Path> lent = new CopyOnWriteArraySet<>();

  /** Images that are deleted once a commit has made them needless, by its job. */
  final Map<String, List<Path>> committed = new ConcurrentHashMap<>();

  /** Serial devices that are open, by alias. */
  final Map<String, Console> openConsoles = new HashMap<>();

  private final Runnable onChange;
  private final AtomicBoolean changed = new AtomicBoolean();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Object connecting = new Object();
  private volatile Optional<Account> account = Optional.empty();
  private volatile QemuProcess process;
  private volatile QmpMonitor monitor;
  private volatile Reason expected;
  private volatile boolean reset;
  private volatile boolean rebooting;
  private volatile long logStart;
  private volatile boolean started;
  private volatile boolean released;
  private volatile Job job;
  private volatile Duration agentLimit;
  private CompletableFuture<Void> removal;

  /**
   * Makes a run that is not started.
   *
   * @param config complete, with aliases; nobody else changes it
   * @param origin what it was started with, without passwords
   * @param onChange called when the machine may be in another state, on the monitor's thread; not
   *     again before {@link #takeChange}
   */
  Run(
      DomainId id,
      int number,
      RunPaths paths,
      List<Port> ports,
      DomainConfig config,
      String origin,
      Runnable onChange) {
    this.live = new RunConfig(config);
    this.id = id;
    this.number = number;
    this.paths = paths;
    this.ports = new CopyOnWriteArrayList<>(ports);
    this.origin = origin;
    this.onChange = onChange;
  }

  QemuProcess process() {
    return process;
  }

  void process(QemuProcess started) {
    process = started;
  }

  /** Returns who runs QEMU; empty for the one who runs this runtime. */
  Optional<Account> account() {
    return account;
  }

  void account(Optional<Account> user) {
    account = user;
  }

  long logStart() {
    return logStart;
  }

  void logStart(long offset) {
    logStart = offset;
  }

  /** Says how the run will be taken to have ended; absent: by itself. */
  Reason expected() {
    return expected;
  }

  void expect(Reason reason) {
    expected = reason;
  }

  boolean isRebooting() {
    return rebooting;
  }

  void rebooting(boolean asked) {
    rebooting = asked;
  }

  /** Says whether the guest has tried to reset itself where that means to end. */
  boolean hasReset() {
    return reset;
  }

  /** Says once whether the run is to be ended now: it is started and its process has ended. */
  boolean mayEnd() {
    return started && dead.isDone() && !ending.getAndSet(true);
  }

  /** Returns the removal of the run's ports, which is begun once. */
  synchronized CompletableFuture<Void> removal(Supplier<CompletableFuture<Void>> beginning) {
    if (removal == null) {
      removal = beginning.get();
    }
    return removal;
  }

  /** Says that the start is over: from now on the end of the process is the end of the run. */
  void started() {
    started = true;
  }

  /** Connects to the monitor, again when the connection was lost. */
  QmpMonitor connect() throws VirtException {
    synchronized (connecting) {
      QmpMonitor own = monitor;
      if (own == null || !own.isOpen()) {
        if (dead.isDone() || released) {
          throw new VirtException(
              ErrorCode.OPERATION_FAILED,
              "connect to domain "
                  + live.config().name
                  + (released ? ": the driver has stopped" : ": it has ended"));
        }
        own = QmpMonitor.connect(live.config().name, paths.monitor(), this, CONNECT_LIMIT);
        monitor = own;
      }
      return own;
    }
  }

  /** Gives QEMU a command; see {@link QmpMonitor#execute}. */
  @Override
  public JsonElement execute(String command, JsonObject arguments) throws VirtException {
    return execute(command, arguments, COMMAND_LIMIT);
  }

  /** As the other, where QEMU may take its time. */
  JsonElement execute(String command, JsonObject arguments, Duration limit) throws VirtException {
    try {
      return connect().execute(command, arguments, limit);
    } finally {
      known.given(command);
    }
  }

  /** Gives QEMU an open file by a name. */
  void hand(String name, int file) throws VirtException {
    connect().hand(name, file, COMMAND_LIMIT);
  }

  /** Says whether this runtime no longer cares. */
  boolean isReleased() {
    return released;
  }

  /** Ends the connection for good; the machine runs on, or has ended. */
  void release() {
    released = true;
    QmpMonitor own = monitor;
    if (own != null) {
      own.close();
    }
  }

  /** Returns how long the guest's agent may take; null for the usual time. */
  Duration agentLimit() {
    return agentLimit;
  }

  void agentLimit(Duration limit) {
    agentLimit = limit;
  }

  /** Says whether something runs that takes its time, such as a save. */
  boolean hasJob() {
    return job != null;
  }

  Job job() {
    return job;
  }

  void job(Job running) {
    job = running;
  }

  /** Says whether a change was told since the last time. */
  boolean takeChange() {
    return changed.getAndSet(false);
  }

  @Override
  public void event(QmpEvent event) {
    known.told(event);
    events.take(event);
    if (event.name().equals("SHUTDOWN") && event.text("reason").equals("guest-reset")) {
      reset = true;
    }
    if (CHANGES.contains(event.name())) {
      change();
    }
  }

  /** However many events there are, one look at the machine is due. */
  void change() {
    if (!changed.getAndSet(true)) {
      onChange.run();
    }
  }

  @Override
  public void closed(String reason) {
    known.forget();
    events.lost();
    if (!released) {
      // Either QEMU ends, or the monitor was lost: then it is connected again.
      change();
    }
  }
}
