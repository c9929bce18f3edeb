package org.virt.driver.qemu.internal;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterManager;
import org.virt.driver.qemu.internal.argv.QemuArgvFormat;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.host.HostCpus;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.driver.qemu.internal.machine.HostNetwork;
import org.virt.driver.qemu.internal.machine.HostSecrets;
import org.virt.driver.qemu.internal.machine.MachineHost;
import org.virt.driver.qemu.internal.machine.QemuConnection;
import org.virt.driver.qemu.internal.machine.QemuUser;
import org.virt.driver.qemu.internal.machine.Recovery;
import org.virt.driver.qemu.internal.machine.User;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;
import org.virt.spi.driver.SecretValues;

/**
 * Opens {@code qemu:///system} for root and {@code qemu:///session} for everybody. Machines of an
 * earlier runtime are looked for as soon as the driver is there, whether or not anybody connects.
 */
@Component(property = HypervisorDriver.SCHEME + "=qemu", configurationPid = QemuConfiguration.PID)
@Designate(ocd = QemuConfiguration.class)
public final class QemuDriver implements HypervisorDriver {
  private static final Logger LOG = LoggerFactory.getLogger(QemuDriver.class);
  private static final String SYSTEM = "/system";
  private static final String SESSION = "/session";
  private static final String AREA = "qemu";

  /** Root may have machines of a session too; they are not those of the system. */
  private static final String ROOT_SESSION_AREA = "qemu/session";

  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(30);

  private final StateDirectory state;
  private final QemuBinaries binaries = new QemuBinaries();
  private final HostNetwork network = new HostNetwork();
  private final HostSecrets secrets = new HostSecrets();
  private final QemuUser user;
  private volatile ScreenTls tls;
  private final Map<String, Host> hosts = new HashMap<>();
  private boolean stopped;

  /** The machines of one path, and when they are found. */
  private record Host(MachineHost machines, CompletableFuture<Void> found) {}

  @Activate
  public QemuDriver(@Reference StateDirectory state, QemuConfiguration configuration) {
    this(state, choice(configuration), tls(configuration));
  }

  /** Makes one beside the framework. */
  public QemuDriver(StateDirectory state, QemuUser.Choice choice, ScreenTls tls) {
    this.state = state;
    this.user = new QemuUser(choice);
    this.tls = tls;
    if (User.isRoot()) {
      find(SYSTEM);
      if (Files.isDirectory(state.home().resolve(ROOT_SESSION_AREA))) {
        find(SESSION);
      }
    } else {
      find(SESSION);
    }
  }

  private static QemuUser.Choice choice(QemuConfiguration configuration) {
    return new QemuUser.Choice(configuration.user(), configuration.group());
  }

  private static ScreenTls tls(QemuConfiguration configuration) {
    Optional<String> folder =
        Optional.of(configuration.vnc_certificates()).filter(c -> configuration.vnc_tls());
    return new ScreenTls(folder, configuration.vnc_verify(), configuration.spice_certificates());
  }

  /** Takes another configuration; machines that run stay as they are. */
  @Modified
  public void configure(QemuConfiguration configuration) {
    user.choose(choice(configuration));
    tls = tls(configuration);
  }

  private void find(String path) {
    try {
      host(path);
    } catch (VirtException e) {
      LOG.error("qemu://{}: {}", path, e.getMessage());
    }
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  public void setFilters(FilterManager filters) {
    network.filters(filters);
    synchronized (hosts) {
      hosts.values().forEach(host -> host.found().thenRun(host.machines()::protect));
    }
  }

  public void unsetFilters(FilterManager filters) {
    network.withoutFilters(filters);
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      target = "(" + HypervisorDriver.SCHEME + "=qemu)")
  public void setSecrets(SecretValues values) {
    secrets.of(values);
  }

  public void unsetSecrets(SecretValues values) {
    secrets.without(values);
  }

  @Override
  public DriverConnection open(URI uri) throws VirtException {
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (uri.getAuthority() != null && !uri.getAuthority().isEmpty()) {
      throw new VirtException(
          ErrorCode.NO_CONNECT, "open " + uri + ": other hosts cannot be reached yet");
    }
    if (!path.equals(SYSTEM) && !path.equals(SESSION)) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "open " + uri + ": use qemu:///system or qemu:///session");
    }
    if (path.equals(SYSTEM) && !User.isRoot()) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED, "open " + uri + ": only root may; use qemu:///session");
    }
    requireQemu(uri);
    Host host = host(path);
    await(uri, host.found());
    return new QemuConnection(host.machines(), binaries);
  }

  private void requireQemu(URI uri) throws VirtException {
    Optional<Path> emulator = binaries.find(HostCpus.architecture());
    if (emulator.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED,
          "open " + uri + ": there is no QEMU on this host; " + QemuBinaries.REMEDY);
    }
    Version version;
    try {
      version = binaries.ask(emulator.get()).version();
    } catch (VirtException e) {
      throw new VirtException(ErrorCode.OPEN_FAILED, "open " + uri + ": " + e.getMessage(), e);
    }
    if (version.number() < QemuArgvFormat.OLDEST.number()) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED,
          "open %s: QEMU %s is too old; version %s or later is needed"
              .formatted(uri, version, QemuArgvFormat.OLDEST));
    }
  }

  private static void await(URI uri, CompletableFuture<Void> found) throws VirtException {
    try {
      found.get(RECOVERY_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED, "open " + uri + ": machines are still being looked for", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VirtException(ErrorCode.OPEN_FAILED, "open " + uri + ": interrupted", e);
    }
  }

  /** Returns the machines of a path; they are looked for when it is asked for the first time. */
  private Host host(String path) throws VirtException {
    synchronized (hosts) {
      if (stopped) {
        throw new VirtException(ErrorCode.NO_CONNECT, "the QEMU driver has stopped");
      }
      Host known = hosts.get(path);
      if (known != null) {
        return known;
      }
      boolean rootSession = path.equals(SESSION) && User.isRoot();
      String area = rootSession ? ROOT_SESSION_AREA : AREA;
      MachineHost machines = new MachineHost(state, area, services(path));
      Host host = new Host(machines, new CompletableFuture<>());
      hosts.put(path, host);
      Thread thread = new Thread(() -> recover(host), "virt-qemu-recovery");
      thread.setDaemon(true);
      thread.start();
      return host;
    }
  }

  /** Machines of a session run as whoever has it. */
  private MachineHost.Services services(String path) {
    QemuUser own = new QemuUser(new QemuUser.Choice("root", ""));
    return new MachineHost.Services(
        binaries, network, path.equals(SYSTEM) ? user : own, secrets, () -> tls);
  }

  private void recover(Host host) {
    Recovery recovery = new Recovery(host.machines(), network);
    try {
      recovery.run();
    } catch (RuntimeException e) {
      LOG.error("machines of an earlier runtime were not all found", e);
    }
    host.found().complete(null);
    host.machines().protect();
    recovery.autostart();
  }

  @Deactivate
  public void stop() {
    synchronized (hosts) {
      stopped = true;
      hosts.values().forEach(host -> host.machines().close());
      hosts.clear();
    }
    network.close();
  }
}
