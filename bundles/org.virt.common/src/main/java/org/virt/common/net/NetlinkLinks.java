package org.virt.common.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;

/** Links by rtnetlink(7). */
public final class NetlinkLinks implements Links, AutoCloseable {
  /** Others want to change interfaces too: the kernel lets nobody in between. */
  private static final int MOST_AT_ONCE = 128;

  private static final int CAPACITY = 8192;

  private final NetlinkSocket socket;
  private final LinkRemover remover = new LinkRemover(this);

  private NetlinkLinks(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * Opens a socket to the kernel.
   *
   * @throws VirtException {@code SYSTEM_ERROR}
   */
  public static NetlinkLinks open() throws VirtException {
    return new NetlinkLinks(NetlinkSocket.open(NetlinkSocket.ROUTE));
  }

  @Override
  public Optional<Link> find(PortId name) throws VirtException {
    NetlinkWriter request = LinkMessages.get(0);
    request.attributeString(LinkMessages.NAME, name.name());
    return find(request, name.name());
  }

  @Override
  public Optional<Link> find(int index) throws VirtException {
    return index > 0 ? find(LinkMessages.get(index), "interface " + index) : Optional.empty();
  }

  private Optional<Link> find(NetlinkWriter request, String name) throws VirtException {
    request.end();
    Answer answer = socket.exchange(request);
    if (answer.error().isPresent()) {
      NetlinkError error = answer.error().get();
      if (error.errno() == NetlinkError.ENODEV) {
        return Optional.empty();
      }
      throw refused("read " + name, error);
    }
    return answer.messages().stream().flatMap(m -> LinkMessages.read(m).stream()).findFirst();
  }

  @Override
  public List<Link> list() throws VirtException {
    NetlinkWriter request = LinkMessages.dump();
    request.end();
    Answer answer = socket.exchange(request);
    if (answer.error().isPresent()) {
      throw refused("list interfaces", answer.error().get());
    }
    List<Link> links = new ArrayList<>();
    for (NetlinkMessage message : answer.messages()) {
      LinkMessages.read(message).ifPresent(links::add);
    }
    return links;
  }

  /** Returns the IP addresses of all interfaces. */
  public List<LinkAddress> addresses() throws VirtException {
    NetlinkWriter request = AddressMessages.dump();
    request.end();
    Answer answer = socket.exchange(request);
    if (answer.error().isPresent()) {
      throw refused("list the addresses of interfaces", answer.error().get());
    }
    List<LinkAddress> addresses = new ArrayList<>();
    for (NetlinkMessage message : answer.messages()) {
      AddressMessages.read(message).ifPresent(addresses::add);
    }
    return addresses;
  }

  @Override
  public Map<Integer, Long> received() throws VirtException {
    NetlinkWriter request = LinkMessages.dumpWithStatistics();
    request.end();
    Answer answer = socket.exchange(request);
    if (answer.error().isPresent()) {
      throw refused("read the statistics of interfaces", answer.error().get());
    }
    Map<Integer, Long> received = new HashMap<>();
    answer.messages().forEach(message -> LinkMessages.received(message, received));
    return received;
  }

  @Override
  public Link createTap(TapRequest request) throws VirtException {
    PortId name = TapDevice.create(request);
    return created("create tap " + name, name);
  }

  private Link created(String action, PortId name) throws VirtException {
    return find(name)
        .orElseThrow(
            () -> new VirtException(ErrorCode.NO_INTERFACE, action + ": it is gone again"));
  }

  @Override
  public Link createMacvtap(MacvtapRequest request) throws VirtException {
    String action = "create macvtap " + request.name() + " on interface " + request.lower();
    NetlinkWriter message = LinkMessages.create(request);
    message.end();
    Optional<NetlinkError> error = socket.exchange(message).error();
    if (error.isPresent()) {
      throw refused(action, error.get());
    }
    Link link = created(action, request.name());
    if (link.mac().equals(request.mac())) {
      return link;
    }
    try {
      mac(link.index(), request.mac()); // a new one in mode passthru has the lower device's
      return created(action, request.name());
    } catch (VirtException e) {
      delete(request.name());
      throw e;
    }
  }

  @Override
  public void delete(PortId name) throws VirtException {
    Optional<Link> link = find(name);
    if (link.isEmpty()) {
      return;
    }
    Optional<NetlinkError> error = remover.remove(link.get().index());
    if (error.isPresent() && error.get().errno() != NetlinkError.ENODEV) {
      throw refused("delete " + name, error.get());
    }
  }

  @Override
  public void up(int index) throws VirtException {
    change("switch on", LinkMessages.set(index, LinkMessages.UP, LinkMessages.UP), index);
  }

  @Override
  public void down(int index) throws VirtException {
    change("switch off", LinkMessages.set(index, 0, LinkMessages.UP), index);
  }

  @Override
  public void join(int index, PortId bridge) throws VirtException {
    String action = "join to bridge " + bridge;
    Link master =
        find(bridge)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.NO_INTERFACE,
                        action + " interface " + index + ": no such bridge"));
    set(action, index, request -> request.attributeU32(LinkMessages.MASTER, master.index()));
  }

  @Override
  public void leave(int index) throws VirtException {
    set("take out of its bridge", index, request -> request.attributeU32(LinkMessages.MASTER, 0));
  }

  @Override
  public void group(int index, int group) throws VirtException {
    set("put into group " + group, index, r -> r.attributeU32(LinkMessages.GROUP, group));
  }

  @Override
  public void mac(int index, MacAddress mac) throws VirtException {
    set("give " + mac + " to", index, r -> r.attributeBytes(LinkMessages.ADDRESS, mac.bytes()));
  }

  @Override
  public void mtu(int index, int mtu) throws VirtException {
    set("set MTU " + mtu + " of", index, r -> r.attributeU32(LinkMessages.MTU, mtu));
  }

  @Override
  public Map<Integer, VirtException> groupAll(Collection<Integer> indexes, int group)
      throws VirtException {
    return changeAll(
        "put into group " + group,
        indexes,
        (request, index) -> {
          int number = LinkMessages.set(request, index, 0, 0);
          request.attributeU32(LinkMessages.GROUP, group);
          return number;
        });
  }

  @Override
  public Map<Integer, VirtException> upAll(Collection<Integer> indexes) throws VirtException {
    return changeAll(
        "switch on",
        indexes,
        (request, index) -> LinkMessages.set(request, index, LinkMessages.UP, LinkMessages.UP));
  }

  @Override
  public Map<Integer, VirtException> downAll(Collection<Integer> indexes) throws VirtException {
    return changeAll(
        "switch off",
        indexes,
        (request, index) -> LinkMessages.set(request, index, 0, LinkMessages.UP));
  }

  /** Writes the change of one interface; returns its number. */
  private interface Change {
    int write(NetlinkWriter request, int index);
  }

  private Map<Integer, VirtException> changeAll(
      String action, Collection<Integer> indexes, Change change) throws VirtException {
    Map<Integer, VirtException> refused = new HashMap<>();
    List<Integer> all = List.copyOf(indexes);
    for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
      NetlinkWriter request = new NetlinkWriter(1, CAPACITY);
      Map<Integer, Integer> byNumber = new HashMap<>();
      for (int index : all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE))) {
        byNumber.put(change.write(request, index), index);
        request.end();
      }
      for (NetlinkError error : socket.exchange(request).errors()) {
        Integer index = byNumber.get(error.sequence());
        if (index == null) {
          throw refused(action + " " + byNumber.size() + " interfaces", error);
        }
        refused.put(index, refused(action + " interface " + index, error));
      }
    }
    return refused;
  }

  private void set(String action, int index, Consumer<NetlinkWriter> attributes)
      throws VirtException {
    NetlinkWriter request = LinkMessages.set(index, 0, 0);
    attributes.accept(request);
    change(action, request, index);
  }

  private void change(String action, NetlinkWriter request, int index) throws VirtException {
    request.end();
    Optional<NetlinkError> error = socket.exchange(request).error();
    if (error.isPresent()) {
      throw refused(action + " interface " + index, error.get());
    }
  }

  private static VirtException refused(String action, NetlinkError error) {
    boolean absent = error.errno() == NetlinkError.ENODEV;
    ErrorCode code = absent ? ErrorCode.NO_INTERFACE : ErrorCode.SYSTEM_ERROR;
    return new VirtException(code, action + ": " + error.text());
  }

  @Override
  public Subscription watch(LinkListener listener) throws VirtException {
    return LinkWatch.start(listener);
  }

  /**
   * Closes the socket for requests; watches go on until they are closed, deletions to their end.
   */
  @Override
  public void close() {
    remover.close();
    socket.close();
  }
}
