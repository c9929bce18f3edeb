package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListener;
import org.virt.api.DomainSummary;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.cpu.CpuFit;
import org.virt.driver.qemu.internal.cpu.CpuTable;
import org.virt.driver.qemu.internal.cpu.HostCpu;
import org.virt.driver.qemu.internal.host.CapabilitiesXml;
import org.virt.driver.qemu.internal.host.HostCpus;
import org.virt.driver.qemu.internal.host.Kvm;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.Consoles;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/**
 * A session with the machines of this host; it owns its subscriptions and the machines that end
 * with it.
 */
public final class QemuConnection implements DriverConnection, Autostarts, Consoles, Facets {
  private static final Path ROOT = Path.of("/");
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final MachineHost host;
  private final QemuBinaries binaries;
  private final QemuFacets facets;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  /** Opens a session. */
  public QemuConnection(MachineHost host, QemuBinaries binaries) {
    this.host = host;
    this.binaries = binaries;
    this.facets = new QemuFacets(host, binaries);
  }

  @Override
  public <F> Optional<F> facet(Class<F> type) {
    return facets.find(type);
  }

  @Override
  public <F> Optional<F> facet(Class<F> type, DomainId domain) {
    return facets.find(type, domain);
  }

  @Override
  public HypervisorInfo hypervisor() throws VirtException {
    Path emulator = Path.of(binaries.emulator(HostCpus.architecture()));
    return new HypervisorInfo("QEMU", binaries.ask(emulator).version(), hostName());
  }

  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  @Override
  public NodeInfo nodeInfo() throws VirtException {
    return HostCpus.read(ROOT).nodeInfo();
  }

  @Override
  public String capabilities() throws VirtException {
    List<CapabilitiesXml.Guest> guests = new ArrayList<>();
    for (String arch : List.of("i686", "x86_64")) {
      Optional<Path> emulator = binaries.find(arch);
      if (emulator.isPresent()) {
        guests.add(new CapabilitiesXml.Guest(arch, binaries.ask(emulator.get())));
      }
    }
    return CapabilitiesXml.print(
        HostCpus.read(ROOT), hostModel(), guests, Kvm.obstacle().isEmpty());
  }

  private Optional<CapabilitiesXml.HostModel> hostModel() throws VirtException {
    if (!HostCpus.architecture().equals("x86_64")) {
      return Optional.empty();
    }
    CpuTable table = binaries.cpus().of(Path.of(binaries.emulator("x86_64")), "qemu");
    HostCpu cpu = HostCpu.read(ROOT, table.features());
    return Optional.of(
        new CapabilitiesXml.HostModel(cpu, CpuFit.within(cpu.cpu(), table.models())));
  }

  @Override
  public List<DomainSummary> domains() {
    return host.all().stream().map(Machine::summary).toList();
  }

  @Override
  public DomainId define(String xml) throws VirtException {
    return host.definitions().define(xml);
  }

  @Override
  public DomainId create(String xml) throws VirtException {
    return host.starts().create(xml, StartOrder.PLAIN);
  }

  @Override
  public void undefine(DomainId id) throws VirtException {
    host.definitions().undefine(id);
  }

  @Override
  public DomainSummary summary(DomainId id) throws VirtException {
    return host.find(id).summary();
  }

  @Override
  public DomainInfo info(DomainId id) throws VirtException {
    return host.find(id).info();
  }

  @Override
  public String xml(DomainId id, XmlView view) throws VirtException {
    return host.find(id).xml(view);
  }

  @Override
  public void start(DomainId id) throws VirtException {
    host.starts().start(id);
  }

  @Override
  public void shutdown(DomainId id) throws VirtException {
    host.verbs().shutdown(id);
  }

  @Override
  public void reboot(DomainId id) throws VirtException {
    host.verbs().reboot(id);
  }

  @Override
  public void reset(DomainId id) throws VirtException {
    host.verbs().reset(id);
  }

  @Override
  public void suspend(DomainId id) throws VirtException {
    host.verbs().suspend(id);
  }

  @Override
  public void resume(DomainId id) throws VirtException {
    host.verbs().resume(id);
  }

  @Override
  public void destroy(DomainId id) throws VirtException {
    host.verbs().destroy(id);
  }

  @Override
  public void autostart(DomainId id, Autostart autostart) throws VirtException {
    host.definitions().autostart(id, autostart == Autostart.ON);
  }

  @Override
  public Console console(DomainId id, String device, Set<OpenFlag> flags) throws VirtException {
    return ConsoleDoor.open(host.find(id), device, flags);
  }

  @Override
  public Subscription subscribe(DomainListener listener) {
    Subscription subscription = host.subscribe(listener);
    subscriptions.add(subscription);
    return () -> {
      subscriptions.remove(subscription);
      subscription.close();
    };
  }

  @Override
  public void close() {
    facets.close();
    subscriptions.forEach(Subscription::close);
    subscriptions.clear();
  }
}
