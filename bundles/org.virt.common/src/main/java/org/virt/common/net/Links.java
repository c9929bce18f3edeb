package org.virt.common.net;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;

/**
 * The network interfaces of the network namespace that this process runs in. Safe for use by many
 * threads. Every method throws {@code SYSTEM_ERROR} with the action, the interface and the kernel's
 * reason; {@code NO_INTERFACE} when the interface that is to be changed is not there.
 */
@ProviderType
public interface Links {
  /** Finds an interface by name. */
  Optional<Link> find(PortId name) throws VirtException;

  /** Finds an interface by index. */
  Optional<Link> find(int index) throws VirtException;

  /** Returns all interfaces whose names are {@link PortId}s. */
  List<Link> list() throws VirtException;

  /** Makes a tap; it is down and belongs to no bridge. An interface of that name is an error. */
  Link createTap(TapRequest request) throws VirtException;

  /** Makes a macvtap; it is down. An interface of that name is an error. */
  Link createMacvtap(MacvtapRequest request) throws VirtException;

  /**
   * Deletes an interface, and returns once it is in no list and no bridge any more and its name is
   * free; the kernel frees its memory later. One that is not there is no error.
   */
  void delete(PortId name) throws VirtException;

  /** Switches an interface on. */
  void up(int index) throws VirtException;

  /** Switches an interface off. */
  void down(int index) throws VirtException;

  /** Makes an interface a port of a bridge. */
  void join(int index, PortId bridge) throws VirtException;

  /** Takes an interface out of its bridge; in none, nothing is done. */
  void leave(int index) throws VirtException;

  /** Puts an interface into an interface group; 0 is the default one. */
  void group(int index, int group) throws VirtException;

  /**
   * Puts many interfaces into an interface group, as {@link #group} does each; returns why those
   * that could not be, are not.
   */
  Map<Integer, VirtException> groupAll(Collection<Integer> indexes, int group) throws VirtException;

  /** Switches many interfaces on, as {@link #up} does each; returns why those that are not. */
  Map<Integer, VirtException> upAll(Collection<Integer> indexes) throws VirtException;

  /** Switches many interfaces off, as {@link #down} does each; returns why those that are not. */
  Map<Integer, VirtException> downAll(Collection<Integer> indexes) throws VirtException;

  /** Returns how many frames each interface has received, by its index. */
  Map<Integer, Long> received() throws VirtException;

  /** Gives an interface an address. */
  void mac(int index, MacAddress mac) throws VirtException;

  /** Sets the size of the largest packet. */
  void mtu(int index, int mtu) throws VirtException;

  /** Tells the listener every change from now on, on a thread of its own. */
  Subscription watch(LinkListener listener) throws VirtException;
}
