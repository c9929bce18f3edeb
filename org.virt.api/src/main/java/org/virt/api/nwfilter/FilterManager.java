package org.virt.api.nwfilter;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;

/**
 * Keeps filters and bindings and sees to it that every bound port is filtered or closed; registered
 * as an OSGi service. Methods are synchronous, bounded in time and safe for use by many threads.
 */
@ProviderType
public interface FilterManager extends Filters {
  @Override
  List<NetworkFilter> filters();

  @Override
  List<FilterBinding> bindings();

  /**
   * Returns how a filter is put together: references, chains in order, variables.
   *
   * @throws VirtException {@code NO_NWFILTER}
   */
  FilterOutline outline(String nameOrUuid) throws VirtException;

  /**
   * Takes over filters and bindings of another installation. Each document is taken over entirely
   * or not at all; a filter or binding that reaches a filter which was kept or refused is refused,
   * for it would mean something else here.
   *
   * @return what became of each document: filters first, in the order of their references
   */
  List<ImportResult> takeOver(ImportRequest request);

  /**
   * Protects an existing interface. When it returns, the port is in force or closed while an
   * address is learned; an interface that was down may then be brought up, one that was up was
   * never open in between. Binding a bound port again replaces its binding.
   *
   * @throws VirtException {@code NO_NWFILTER}; {@code INVALID_NWFILTER_BINDING} with the missing
   *     variable; {@code NO_INTERFACE}; {@code BUILD_FIREWALL} when no rules could be applied: the
   *     link is down then
   */
  void bind(FilterBinding binding) throws VirtException;

  /**
   * Does the same for the guest of a machine that goes on where it was saved. The leases that its
   * card had on this network, under the same filter and parameters, apply at once while they are
   * valid and nobody else has the address.
   *
   * @throws VirtException as {@link #bind(FilterBinding)}
   */
  default void bindRestored(FilterBinding binding) throws VirtException {
    bind(binding);
  }

  /** Returns how each bound port stands, and orphaned ones, sorted by port. */
  List<PortStatus> status();

  /**
   * Returns the addresses that ports may use because they were given or learned, sorted by port.
   */
  List<PortAddress> addresses();

  /**
   * Lets a port use an address that waits because its binding says {@code
   * CTRL_IP_LEARNING=approve}.
   *
   * @throws VirtException {@code NO_NWFILTER_BINDING}; {@code OPERATION_INVALID} when the address
   *     does not wait
   */
  void approve(PortId port, InetAddress address) throws VirtException;

  /**
   * Returns what was seen of a port while its addresses are learned, and why it was believed or
   * not.
   *
   * @throws VirtException {@code NO_NWFILTER_BINDING}
   */
  LearningReport explain(PortId port) throws VirtException;

  /**
   * Returns the rules that would be applied, in the technique's own language; applies nothing.
   *
   * @throws VirtException as {@link #bind(FilterBinding)}
   */
  String rules(RulesRequest request) throws VirtException;

  /** Returns the techniques that are installed, the preferred one first. */
  List<TechniqueStatus> techniques();

  /**
   * Moves all ports to a technique and keeps the choice; old rules stay in force until the new ones
   * are.
   *
   * @throws VirtException {@code INVALID_ARG} for an unknown one; {@code BUILD_FIREWALL}: ports
   *     that could not be moved keep their old rules
   */
  void selectTechnique(String name) throws VirtException;

  /**
   * Returns what the rules of a port have counted since they are in force.
   *
   * @throws VirtException {@code NO_NWFILTER_BINDING}; {@code OPERATION_UNSUPPORTED} when the
   *     port's technique does not count
   */
  PortCounts counts(PortId port) throws VirtException;

  /**
   * Gives a port rules that no other port shares, without a gap; its numbers begin anew and are its
   * own from then on.
   *
   * @throws VirtException as {@link #counts}; {@code BUILD_FIREWALL}: the old rules stay
   */
  void countApart(PortId port) throws VirtException;

  /**
   * Tells what becomes of each frame of a port, and by which rule, until the subscription is closed
   * or the port's technique leaves. Frames may be left out when they come too fast.
   *
   * @throws VirtException as {@link #counts}
   */
  Subscription trace(PortId port, Consumer<FrameDecision> decisions) throws VirtException;

  /** Sends every event from now on to the listener. */
  Subscription subscribe(FilterListener listener);
}
