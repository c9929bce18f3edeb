package org.virt.driver.test.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListener;
import org.virt.api.DomainListeners;
import org.virt.api.DomainSummary;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/**
 * A session with the host in memory; it owns its subscriptions and the machines that end with it.
 */
final class TestConnection implements DriverConnection, Autostarts, Facets {
  private static final HypervisorInfo.Version VERSION = new HypervisorInfo.Version(0, 0, 2);
  static final NodeInfo NODE =
      new NodeInfo("i686", 3_145_728, 16, 1400, new NodeInfo.Topology(2, 2, 2, 2));
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final TestHost host;
  private final DomainListeners events;
  private final TestFacets facets;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  TestConnection(TestHost host, DomainListeners events) {
    this.host = host;
    this.events = events;
    this.facets = new TestFacets(host);
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
  public HypervisorInfo hypervisor() {
    return new HypervisorInfo("TEST", VERSION, hostName());
  }

  @Override
  public NodeInfo nodeInfo() {
    return NODE;
  }

  @Override
  public String capabilities() {
    return TestHost.resource("capabilities.xml");
  }

  @Override
  public List<DomainSummary> domains() {
    return host.list();
  }

  @Override
  public DomainId define(String xml) throws VirtException {
    return host.define(xml);
  }

  @Override
  public DomainId create(String xml) throws VirtException {
    return host.create(xml);
  }

  @Override
  public void undefine(DomainId id) throws VirtException {
    host.undefine(id);
  }

  @Override
  public DomainSummary summary(DomainId id) throws VirtException {
    return host.summary(id);
  }

  @Override
  public DomainInfo info(DomainId id) throws VirtException {
    return host.info(id);
  }

  @Override
  public String xml(DomainId id, XmlView view) throws VirtException {
    return host.xml(id, view);
  }

  @Override
  public void start(DomainId id) throws VirtException {
    host.start(id);
  }

  @Override
  public void shutdown(DomainId id) throws VirtException {
    host.shutdown(id);
  }

  @Override
  public void reboot(DomainId id) throws VirtException {
    host.reboot(id);
  }

  @Override
  public void reset(DomainId id) throws VirtException {
    host.reset(id);
  }

  @Override
  public void suspend(DomainId id) throws VirtException {
    host.suspend(id);
  }

  @Override
  public void resume(DomainId id) throws VirtException {
    host.resume(id);
  }

  @Override
  public void destroy(DomainId id) throws VirtException {
    host.destroy(id);
  }

  @Override
  public void autostart(DomainId id, Autostart autostart) throws VirtException {
    host.autostart(id, autostart);
  }

  @Override
  public Subscription subscribe(DomainListener listener) {
    Subscription subscription = events.subscribe(listener);
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

  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
