package org.virt.spi.driver;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListener;
import org.virt.api.DomainSummary;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.Subscription;
import org.virt.api.VirtException;

/**
 * A session with a hypervisor: what every driver can do. Further abilities are facets, interfaces
 * of this package that the same object implements too: {@link Autostarts}, {@link Consoles}.
 * Methods are called from any thread, several at once, and end within bounded time. Errors are
 * those of {@link org.virt.api.Domain}.
 */
@ConsumerType
public interface DriverConnection extends AutoCloseable {
  /** Returns who answers. */
  HypervisorInfo hypervisor() throws VirtException;

  /** Returns the host's size. */
  NodeInfo nodeInfo() throws VirtException;

  /** Returns libvirt's capabilities XML. */
  String capabilities() throws VirtException;

  /** Returns all machines, active or not. */
  List<DomainSummary> domains() throws VirtException;

  /** Keeps a definition; see {@link org.virt.api.Connect#define}. */
  DomainId define(String xml) throws VirtException;

  /** Starts a transient machine; see {@link org.virt.api.Connect#create}. */
  DomainId create(String xml) throws VirtException;

  /** Forgets a definition. */
  void undefine(DomainId id) throws VirtException;

  /** Returns a machine's summary, or throws {@code NO_DOMAIN}. */
  DomainSummary summary(DomainId id) throws VirtException;

  /** Returns a machine's size and use. */
  DomainInfo info(DomainId id) throws VirtException;

  /** Returns a machine's domain XML. */
  String xml(DomainId id, XmlView view) throws VirtException;

  /** Starts a defined machine. */
  void start(DomainId id) throws VirtException;

  /** Asks the guest to power off. */
  void shutdown(DomainId id) throws VirtException;

  /** Asks the guest to reboot. */
  void reboot(DomainId id) throws VirtException;

  /** Resets the machine. */
  void reset(DomainId id) throws VirtException;

  /** Stops the virtual CPUs. */
  void suspend(DomainId id) throws VirtException;

  /** Lets the virtual CPUs go on. */
  void resume(DomainId id) throws VirtException;

  /** Ends the machine at once and returns when it has ended. */
  void destroy(DomainId id) throws VirtException;

  /** Sends every event from now on to the listener. */
  Subscription subscribe(DomainListener listener) throws VirtException;

  /** Ends the session, not the machines; does nothing the second time. */
  @Override
  void close();
}
