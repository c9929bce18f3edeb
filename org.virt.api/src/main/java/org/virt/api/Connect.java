package org.virt.api;

import java.net.URI;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A session with one hypervisor. All methods are synchronous, bounded in time and safe for use by
 * many threads; after the driver has left they answer {@code NO_CONNECT}, after {@link #close()}
 * {@code INVALID_CONN}.
 */
@ProviderType
public interface Connect extends AutoCloseable {
  /** Returns the URI that it was opened with. */
  URI uri();

  /** Says whether the driver still answers. */
  boolean isAlive();

  /** Returns who answers. */
  HypervisorInfo hypervisor() throws VirtException;

  /** Returns the host's size. */
  NodeInfo nodeInfo() throws VirtException;

  /** Returns what host and hypervisor can do, as libvirt's capabilities XML. */
  String capabilities() throws VirtException;

  /** Returns all machines, active or not, in no order. */
  List<DomainSummary> domains() throws VirtException;

  /**
   * Finds a machine by its UUID.
   *
   * @throws VirtException {@code NO_DOMAIN}
   */
  Domain domain(DomainId id) throws VirtException;

  /**
   * Finds a machine as virsh does: by number of an active machine, by UUID, by name, in this order.
   *
   * @throws VirtException {@code NO_DOMAIN}
   */
  Domain lookup(String numberUuidOrName) throws VirtException;

  /**
   * Keeps a definition, in place of that of the same UUID and name.
   *
   * @param xml domain XML (libvirt's formatdomain)
   * @throws VirtException {@code XML_ERROR} with line and column, {@code CONFIG_UNSUPPORTED} with
   *     the element, {@code OPERATION_FAILED} when the name belongs to another UUID
   */
  Domain define(String xml) throws VirtException;

  /**
   * Starts a machine that leaves nothing behind when it ends; errors as {@link #define} and {@link
   * Domain#start}.
   */
  Domain create(String xml) throws VirtException;

  /**
   * Sends every event from now on to the listener, until the subscription or the connection is
   * closed.
   */
  Subscription subscribe(DomainListener listener) throws VirtException;

  /** Returns what else can be done with the hypervisor of a kind; see {@link Domain#facet}. */
  <F> F facet(Class<F> type);

  /** Ends the session; machines go on, but for those that were started to end with it. */
  @Override
  void close();
}
