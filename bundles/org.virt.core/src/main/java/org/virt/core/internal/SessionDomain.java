package org.virt.core.internal;

import java.util.Set;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.Domain;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.Consoles;

/** A machine over a session with a driver. */
final class SessionDomain implements Domain {
  private final DomainId id;
  private final String label;
  private final Session session;

  /**
   * Makes a handle.
   *
   * @param label for messages: the name or, where it is not known, the UUID
   */
  SessionDomain(DomainId id, String label, Session session) {
    this.id = id;
    this.label = label;
    this.session = session;
  }

  @Override
  public DomainId id() {
    return id;
  }

  @Override
  public DomainSummary summary() throws VirtException {
    return session.ask("get state of domain " + label, connection -> connection.summary(id));
  }

  @Override
  public DomainInfo info() throws VirtException {
    return session.ask("get information on domain " + label, connection -> connection.info(id));
  }

  @Override
  public String xml(XmlView view) throws VirtException {
    return session.ask("get XML of domain " + label, connection -> connection.xml(id, view));
  }

  @Override
  public void start() throws VirtException {
    session.order("start domain " + label, connection -> connection.start(id));
  }

  @Override
  public void shutdown() throws VirtException {
    session.order("shut down domain " + label, connection -> connection.shutdown(id));
  }

  @Override
  public void reboot() throws VirtException {
    session.order("reboot domain " + label, connection -> connection.reboot(id));
  }

  @Override
  public void reset() throws VirtException {
    session.order("reset domain " + label, connection -> connection.reset(id));
  }

  @Override
  public void suspend() throws VirtException {
    session.order("suspend domain " + label, connection -> connection.suspend(id));
  }

  @Override
  public void resume() throws VirtException {
    session.order("resume domain " + label, connection -> connection.resume(id));
  }

  @Override
  public void destroy() throws VirtException {
    session.order("destroy domain " + label, connection -> connection.destroy(id));
  }

  @Override
  public void undefine() throws VirtException {
    session.order("undefine domain " + label, connection -> connection.undefine(id));
  }

  @Override
  public void autostart(Autostart autostart) throws VirtException {
    String action = "set autostart of domain " + label;
    require(action, Autostarts.class);
    session.order(action, connection -> ((Autostarts) connection).autostart(id, autostart));
  }

  @Override
  public Console console(String device, Set<OpenFlag> flags) throws VirtException {
    String action = "open console of domain " + label;
    require(action, Consoles.class);
    Console console =
        session.ask(action, connection -> ((Consoles) connection).console(id, device, flags));
    return new SessionConsole(console, session);
  }

  @Override
  public <F> F facet(Class<F> type) {
    return FacetCalls.of(session, type, id, label);
  }

  private void require(String action, Class<?> facet) throws VirtException {
    if (session.isOpen() && !session.has(facet)) {
      throw new VirtException(
          ErrorCode.NO_SUPPORT,
          action + ": the driver " + session.driver().name() + " does not support it");
    }
  }
}
