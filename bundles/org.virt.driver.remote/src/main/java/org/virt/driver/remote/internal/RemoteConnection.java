package org.virt.driver.remote.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.virt.driver.remote.internal.calls.DomainCalls;
import org.virt.driver.remote.internal.calls.Events;
import org.virt.driver.remote.internal.calls.FacetTable;
import org.virt.driver.remote.internal.calls.Far;
import org.virt.driver.remote.internal.calls.HostCalls;
import org.virt.driver.remote.internal.calls.Machines;
import org.virt.driver.remote.internal.calls.StreamConsole;
import org.virt.driver.remote.internal.link.Line;
import org.virt.driver.remote.internal.link.Link;
import org.virt.driver.remote.internal.link.LinkRuntime;
import org.virt.driver.remote.internal.link.OtherEnd;
import org.virt.rpc.Packet;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.Consoles;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;

/** A session with a hypervisor on the other end of a line. */
final class RemoteConnection implements DriverConnection, Autostarts, Consoles, Facets {
  private final Events events;
  private final Line line;
  private final KeptLogin login;
  private final Far far;
  private final DomainCalls domains;
  private final HostCalls host;
  private final Machines machines;

  private RemoteConnection(OtherEnd end, KeptLogin login, LinkRuntime runtime) {
    this.login = login;
    events = new Events(end.name(), runtime.limits());
    line = new Line(end, runtime, new LineUser());
    far = new Far(line);
    domains = new DomainCalls(far);
    host = new HostCalls(far);
    machines = new Machines(far);
  }

  /** Opens a session; a login that is asked for is kept as long as it. */
  static RemoteConnection open(OtherEnd end, LinkRuntime runtime) throws VirtException {
    KeptLogin login = new KeptLogin(end.logins());
    OtherEnd kept = new OtherEnd(end.name(), end.remoteName(), end.opener(), login);
    RemoteConnection connection = new RemoteConnection(kept, login, runtime);
    try {
      connection.line.link();
      return connection;
    } catch (VirtException | RuntimeException e) {
      login.close();
      throw e;
    }
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
    return machines.all();
  }

  @Override
  public DomainId define(String xml) throws VirtException {
    return domains.define(xml);
  }

  @Override
  public DomainId create(String xml) throws VirtException {
    return domains.create(xml, 0);
  }

  @Override
  public void undefine(DomainId id) throws VirtException {
    domains.order("domain_undefine", id);
  }

  @Override
  public DomainSummary summary(DomainId id) throws VirtException {
    return machines.one(id);
  }

  @Override
  public DomainInfo info(DomainId id) throws VirtException {
    return domains.info(id);
  }

  @Override
  public String xml(DomainId id, XmlView view) throws VirtException {
    return domains.xml(id, view);
  }

  @Override
  public void start(DomainId id) throws VirtException {
    domains.order("domain_create", id);
  }

  @Override
  public void shutdown(DomainId id) throws VirtException {
    domains.order("domain_shutdown", id);
  }

  @Override
  public void reboot(DomainId id) throws VirtException {
    domains.order("domain_reboot", id, 0);
  }

  @Override
  public void reset(DomainId id) throws VirtException {
    domains.order("domain_reset", id, 0);
  }

  @Override
  public void suspend(DomainId id) throws VirtException {
    domains.order("domain_suspend", id);
  }

  @Override
  public void resume(DomainId id) throws VirtException {
    domains.order("domain_resume", id);
  }

  @Override
  public void destroy(DomainId id) throws VirtException {
    domains.order("domain_destroy", id);
  }

  @Override
  public void autostart(DomainId id, Autostart autostart) throws VirtException {
    domains.order("domain_set_autostart", id, autostart == Autostart.ON ? 1 : 0);
  }

  @Override
  public Console console(DomainId id, String device, Set<OpenFlag> flags) throws VirtException {
    return StreamConsole.open(far, id, device, flags);
  }

  @Override
  public Subscription subscribe(DomainListener listener) throws VirtException {
    return events.subscribe(listener, line::link);
  }

  @Override
  public <F> Optional<F> facet(Class<F> type) {
    return FacetTable.facet(type, far);
  }

  @Override
  public <F> Optional<F> facet(Class<F> type, DomainId domain) {
    return FacetTable.facet(type, far, domain);
  }

  @Override
  public void close() {
    events.close();
    line.close();
    login.close();
  }

  private final class LineUser implements Line.User {
    @Override
    public void event(Packet event) {
      events.take(event);
    }

    @Override
    public void made(Link link) throws VirtException {
      events.register(link);
    }

    @Override
    public boolean waits() {
      return events.hasListeners();
    }
  }
}
