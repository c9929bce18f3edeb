package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListener;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/** A session with one host. */
final class EsxConnection implements DriverConnection, Autostarts, Facets {
  /** How long a task of the host may take. */
  private static final Duration TASK_LIMIT = Duration.ofMinutes(10);

  private final Vim vim;
  private final Optional<Vim> vcenter;
  private final Consumer<EsxConnection> onClose;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Host host;
  private final Machines machines;
  private final Power power;
  private final Definitions definitions;
  private final AutoStartList autostarts;
  private final EsxFacets facets;
  private final Updates updates;

  /**
   * Takes sessions, which it closes.
   *
   * @param vcenter who moves machines between hosts: the same session, another one, or nobody
   */
  EsxConnection(
      Vim vim,
      EsxUri uri,
      Inventory place,
      Optional<Vim> vcenter,
      Consumer<EsxConnection> onClose) {
    this.vim = vim;
    this.vcenter = vcenter;
    this.onClose = onClose;
    this.host = new Host(vim, uri, place);
    this.machines = new Machines(vim, place);
    Tasks tasks = new Tasks(vim, uri.answer(), TASK_LIMIT);
    this.power = new Power(vim, place, machines, tasks);
    this.definitions = new Definitions(vim, uri, place, machines, tasks);
    this.autostarts = new AutoStartList(vim, place, machines);
    this.facets =
        new EsxFacets(vim, place, machines, definitions, tasks, vcenter.map(v -> mover(v, uri)));
    this.updates = new Updates(vim, machines);
  }

  private static Mover mover(Vim vcenter, EsxUri uri) {
    return new Mover(vcenter, new Tasks(vcenter, uri.answer(), TASK_LIMIT));
  }

  void keepAlive() {
    sessions().forEach(Vim::keepAlive);
  }

  private Set<Vim> sessions() {
    Set<Vim> sessions = new LinkedHashSet<>(List.of(vim));
    vcenter.ifPresent(sessions::add);
    return sessions;
  }

  @Override
  public HypervisorInfo hypervisor() throws VirtException {
    return host.hypervisor();
  }

  @Override
  public NodeInfo nodeInfo() throws VirtException {
    return host.nodeInfo();
  }

  @Override
  public String capabilities() throws VirtException {
    return host.capabilities();
  }

  @Override
  public List<DomainSummary> domains() throws VirtException {
    return machines.list();
  }

  @Override
  public DomainId define(String xml) throws VirtException {
    return definitions.define(xml);
  }

  @Override
  public DomainId create(String xml) throws VirtException {
    throw new VirtException(
        ErrorCode.NO_SUPPORT,
        "create domain: VMware's hosts have no transient machines, define it");
  }

  @Override
  public void undefine(DomainId id) throws VirtException {
    power.undefine(id);
  }

  @Override
  public DomainSummary summary(DomainId id) throws VirtException {
    return machines.summary(id);
  }

  @Override
  public DomainInfo info(DomainId id) throws VirtException {
    return machines.info(id);
  }

  @Override
  public String xml(DomainId id, XmlView view) throws VirtException {
    return definitions.xml(id, view);
  }

  @Override
  public void start(DomainId id) throws VirtException {
    power.start(id);
  }

  @Override
  public void shutdown(DomainId id) throws VirtException {
    power.shutdown(id);
  }

  @Override
  public void reboot(DomainId id) throws VirtException {
    power.reboot(id);
  }

  @Override
  public void reset(DomainId id) throws VirtException {
    power.reset(id);
  }

  @Override
  public void suspend(DomainId id) throws VirtException {
    power.suspend(id);
  }

  @Override
  public void resume(DomainId id) throws VirtException {
    power.resume(id);
  }

  @Override
  public void destroy(DomainId id) throws VirtException {
    power.destroy(id);
  }

  @Override
  public void autostart(DomainId id, Autostart autostart) throws VirtException {
    autostarts.set(id, autostart);
  }

  @Override
  public Subscription subscribe(DomainListener listener) throws VirtException {
    return updates.subscribe(listener);
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
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.accept(this);
      updates.close();
      sessions().forEach(Vim::close);
    }
  }
}
