package org.example.acme;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.virt.api.domain.StatisticsVerbs;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/** A session: hands everything on, and ends its own subscriptions. */
final class AcmeConnection implements DriverConnection, Facets {
  private final AcmeHost host;
  private final DomainListeners events;
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();

  AcmeConnection(AcmeHost host, DomainListeners events) {
    this.host = host;
    this.events = events;
  }

  @Override
  public HypervisorInfo hypervisor() {
    return new HypervisorInfo("Acme", new HypervisorInfo.Version(1, 0, 0), "localhost");
  }

  @Override
  public NodeInfo nodeInfo() {
    Runtime runtime = Runtime.getRuntime();
    int cpus = runtime.availableProcessors();
    NodeInfo.Topology topology = new NodeInfo.Topology(1, 1, cpus, 1);
    return new NodeInfo(
        System.getProperty("os.arch"), runtime.maxMemory() / 1024, cpus, 0, topology);
  }

  @Override
  public String capabilities() {
    return """
    <capabilities>
      <guest><os_type>hvm</os_type><arch name='x86_64'><domain type='acme'/></arch></guest>
    </capabilities>
    """;
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
    return host.look(id, AcmeMachine::summary);
  }

  @Override
  public DomainInfo info(DomainId id) throws VirtException {
    return host.look(id, AcmeMachine::info);
  }

  @Override
  public String xml(DomainId id, XmlView view) throws VirtException {
    return host.look(id, machine -> machine.xml(view));
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
    host.restart("reboot", id);
  }

  @Override
  public void reset(DomainId id) throws VirtException {
    host.restart("reset", id);
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
  public <F> Optional<F> facet(Class<F> type) {
    return Optional.empty();
  }

  @Override
  public <F> Optional<F> facet(Class<F> type, DomainId domain) {
    return type == StatisticsVerbs.class
        ? Optional.of(type.cast(new AcmeStatistics(host, domain)))
        : Optional.empty();
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
    subscriptions.forEach(Subscription::close);
    subscriptions.clear();
  }
}
