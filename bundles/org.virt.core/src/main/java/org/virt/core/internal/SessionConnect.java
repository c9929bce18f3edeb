package org.virt.core.internal;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;

/** A connection over a session with a driver. */
final class SessionConnect implements Connect {
  private static final String NUMBER = "[0-9]{1,9}";
  private static final String UUID_FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  private final URI uri;
  private final Session session;
  private final Hosts hosts;

  SessionConnect(URI uri, Session session, Hosts hosts) {
    this.uri = uri;
    this.session = session;
    this.hosts = hosts;
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public boolean isAlive() {
    return session.isOpen();
  }

  @Override
  public HypervisorInfo hypervisor() throws VirtException {
    return session.ask("get hypervisor of " + uri, DriverConnection::hypervisor);
  }

  @Override
  public NodeInfo nodeInfo() throws VirtException {
    return session.ask("get node information of " + uri, DriverConnection::nodeInfo);
  }

  @Override
  public String capabilities() throws VirtException {
    return session.ask("get capabilities of " + uri, DriverConnection::capabilities);
  }

  @Override
  public List<DomainSummary> domains() throws VirtException {
    return session.ask("list domains of " + uri, connection -> List.copyOf(connection.domains()));
  }

  @Override
  public Domain domain(DomainId id) throws VirtException {
    SessionDomain domain = new SessionDomain(id, id.toString(), session);
    domain.summary();
    return domain;
  }

  @Override
  public Domain lookup(String numberUuidOrName) throws VirtException {
    List<DomainSummary> all = domains();
    Optional<DomainSummary> found = Optional.empty();
    if (numberUuidOrName.matches(NUMBER)) {
      int number = Integer.parseInt(numberUuidOrName);
      found = find(all, d -> d.number().isPresent() && d.number().getAsInt() == number);
    }
    if (found.isEmpty() && numberUuidOrName.matches(UUID_FORM)) {
      DomainId id = new DomainId(UUID.fromString(numberUuidOrName));
      found = find(all, d -> d.id().equals(id));
    }
    if (found.isEmpty()) {
      found = find(all, d -> d.name().equals(numberUuidOrName));
    }
    return found
        .map(d -> new SessionDomain(d.id(), d.name(), session))
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_DOMAIN,
                    "Domain not found: no domain with matching name '" + numberUuidOrName + "'"));
  }

  @Override
  public Domain define(String xml) throws VirtException {
    DomainId id = session.ask("define domain", connection -> connection.define(xml));
    return new SessionDomain(id, id.toString(), session);
  }

  @Override
  public Domain create(String xml) throws VirtException {
    DomainId id = session.ask("create domain", connection -> connection.create(xml));
    return new SessionDomain(id, id.toString(), session);
  }

  @Override
  public Subscription subscribe(DomainListener listener) throws VirtException {
    GuardedListener guarded = new GuardedListener(listener);
    Subscription atDriver =
        session.ask("subscribe to events of " + uri, connection -> connection.subscribe(guarded));
    Subscription atHost = hosts.subscribe(uri.getScheme().toLowerCase(Locale.ROOT), guarded);
    AutoCloseable all =
        () -> {
          guarded.end();
          atHost.close();
          atDriver.close();
        };
    session.keep(all);
    return () -> {
      session.forget(all);
      guarded.end();
      atHost.close();
      atDriver.close();
    };
  }

  @Override
  public <F> F facet(Class<F> type) {
    return FacetCalls.of(session, type, uri, hosts);
  }

  @Override
  public void close() {
    session.close();
  }

  private static Optional<DomainSummary> find(
      List<DomainSummary> all, Predicate<DomainSummary> which) {
    return all.stream().filter(which).findFirst();
  }
}
