package org.virt.nwfilter.ebtables.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.common.netlink.TableMessages;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.PortRef;

/**
 * The tables of {@link GateLayout} in the kernel, which also keep what is known of each program.
 * From Linux 6.9 on they belong to the socket, which stays open: nobody else can flush them.
 */
final class Gate implements AutoCloseable {
  private static final int OWNER = 0x2;
  private static final int PERSIST = 0x4;
  private static final int CAPACITY = 4096;
  private static final List<Integer> FAMILIES =
      List.of(GateLayout.BRIDGE, GateLayout.INET, GateLayout.ARP);

  private final NetlinkSocket socket;

  /** What the sets of leases have. */
  private final Set<Lease> leases = new HashSet<>();

  private int flags;
  private boolean made;

  private Gate(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens a way to the kernel and changes nothing. */
  static Gate open() throws VirtException {
    return new Gate(NetlinkSocket.open(NetlinkSocket.NETFILTER));
  }

  /** Says whether there are tables, whoever made them. */
  boolean exists() throws VirtException {
    return !chains(GateLayout.BRIDGE, GateLayout.TABLE).isEmpty();
  }

  /**
   * Makes the tables, or takes them over.
   *
   * @throws VirtException {@code BUILD_FIREWALL} when the kernel refuses, or another process owns
   *     them
   */
  void require() throws VirtException {
    if (made) {
      return;
    }
    flags = OWNER | PERSIST;
    Optional<NetlinkError> error = make();
    if (error.isPresent() && error.get().errno() != NetlinkError.EPERM) {
      flags = 0; // before Linux 6.9
      error = make();
    }
    if (error.isPresent()) {
      throw refusal("make the tables " + GateLayout.TABLE, error.get());
    }
    readLeases();
    made = true;
  }

  /** Has the tables made again before the next change. */
  void distrust() {
    made = false;
  }

  /** A commit of an older version may have left other rules: all are made anew. */
  private Optional<NetlinkError> make() throws VirtException {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    for (int family : FAMILIES) {
      Messages messages = new Messages(writer, family, GateLayout.TABLE);
      if (family == GateLayout.BRIDGE) {
        messages.beginBatch();
      }
      messages.newTable(flags, 0);
      if (family == GateLayout.BRIDGE) {
        messages.sets();
      }
      GateLayout.chains(family).forEach(messages::baseChain);
    }
    return finish(writer).error();
  }

  private Answer finish(NetlinkWriter writer) throws VirtException {
    Messages messages = new Messages(writer, GateLayout.BRIDGE, GateLayout.TABLE);
    // Asks for one answer, after all others; the table is there, so nothing is done.
    messages.newTable(flags, NetlinkWriter.ACK);
    messages.endBatch();
    return socket.exchange(writer);
  }

  /** Notes programs and opens the gate for their ports; behind it ebtables decides. */
  void enter(Collection<Label> labels) throws VirtException {
    change(
        "note ports in the gate",
        messages -> {
          labels.forEach(label -> messages.note(label.base(), label.comment()));
          messages.elements(
              TableMessages.NEW_ELEMENTS, GateLayout.PORTS, keys(labels.stream().map(Label::port)));
        });
  }

  /** Forgets programs; their ports stay as they are. */
  void forget(Collection<Label> labels) throws VirtException {
    change(
        "forget programs in the gate",
        messages -> labels.forEach(label -> messages.deleteChain(label.base())));
  }

  /** Closes ports. */
  void shut(Collection<PortRef> ports) throws VirtException {
    change(
        "close ports in the gate",
        messages -> {
          delete(messages, GateLayout.PORTS, ports);
          delete(messages, GateLayout.SILENT, ports);
        });
  }

  /** Says which ports' guests may speak to the host's own protocols of bridges. */
  void allowGroups(Collection<PortRef> ports, boolean allowed) throws VirtException {
    change(
        "change the gate",
        messages -> {
          if (allowed) {
            messages.elements(TableMessages.NEW_ELEMENTS, GateLayout.SILENT, keys(ports.stream()));
          } else {
            delete(messages, GateLayout.SILENT, ports);
          }
        });
  }

  /**
   * Has addresses of ports end by themselves.
   *
   * @param bindings those without a lifetime are not changed
   */
  void lease(Collection<AddressBinding> bindings) throws VirtException {
    List<AddressBinding> ending =
        bindings.stream().filter(binding -> binding.lifetime().isPresent()).toList();
    if (!ending.isEmpty()) {
      change(
          "note leases in the gate",
          messages ->
              ending.forEach(
                  binding ->
                      messages.lease(
                          Lease.of(binding), Lease.millis(binding.lifetime().orElseThrow()))));
      ending.forEach(binding -> leases.add(Lease.of(binding)));
    }
  }

  /** Forgets the leases of ports but those that they still have; the others may be no leases. */
  void keepLeases(Set<Integer> indexes, Collection<AddressBinding> bindings) throws VirtException {
    Set<Lease> kept = new HashSet<>();
    bindings.stream()
        .filter(binding -> binding.lifetime().isPresent())
        .forEach(binding -> kept.add(Lease.of(binding)));
    List<Lease> gone =
        leases.stream()
            .filter(lease -> !kept.contains(lease) && indexes.contains(lease.index()))
            .toList();
    if (!gone.isEmpty()) {
      change("forget leases in the gate", messages -> gone.forEach(messages::noLease));
      leases.removeAll(gone);
    }
  }

  private void readLeases() throws VirtException {
    leases.clear();
    for (String set :
        List.of(GateLayout.LEASES4, GateLayout.LEASES6, GateLayout.VALID4, GateLayout.VALID6)) {
      NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
      new Messages(writer, GateLayout.BRIDGE, GateLayout.TABLE)
          .begin(TableMessages.GET_ELEMENTS, NetlinkWriter.DUMP);
      writer.attributeString(2, set);
      writer.end();
      for (NetlinkMessage message : ask(writer)) {
        for (ByteBuffer element : message.attributes(TableMessages.HEADER).nested(3).values()) {
          leases.add(Lease.of(Attributes.read(element).nested(1).bytes(1)));
        }
      }
    }
  }

  /** Adding one that is there does nothing, and then it is there for sure. */
  private static void delete(Messages messages, String set, Collection<PortRef> ports) {
    messages.elements(TableMessages.NEW_ELEMENTS, set, keys(ports.stream()));
    messages.elements(TableMessages.DELETE_ELEMENTS, set, keys(ports.stream()));
  }

  /** Deletes chains of ours in a tool's table, which may jump to one another. */
  void deleteChains(Family family, Collection<String> chains) throws VirtException {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    Messages messages = new Messages(writer, family.number(), family.table());
    messages.beginBatch();
    chains.forEach(messages::flushChain);
    chains.forEach(messages::deleteChain);
    Optional<NetlinkError> error = finish(writer).error();
    if (error.isPresent()) {
      throw refusal("delete chains of " + family.tool(), error.get());
    }
  }

  private static List<byte[]> keys(java.util.stream.Stream<PortRef> ports) {
    return ports.distinct().map(GateLayout::key).toList();
  }

  private void change(String action, Consumer<Messages> changes) throws VirtException {
    require();
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    Messages messages = new Messages(writer, GateLayout.BRIDGE, GateLayout.TABLE);
    messages.beginBatch();
    changes.accept(messages);
    Optional<NetlinkError> error = finish(writer).error();
    if (error.isPresent()) {
      throw refusal(action, error.get());
    }
  }

  /** Returns what is noted of programs; some of them may be in force no more. */
  List<Label> labels() throws VirtException {
    List<Label> labels = new ArrayList<>();
    for (Attributes chain : chains(GateLayout.BRIDGE, GateLayout.TABLE)) {
      Label.read(chain.string(3), TableMessages.comment(chain.bytes(12))).ifPresent(labels::add);
    }
    return labels;
  }

  /** Returns the names of all chains in a tool's table. */
  Set<String> chains(Family family) throws VirtException {
    Set<String> names = new HashSet<>();
    chains(family.number(), family.table()).forEach(chain -> names.add(chain.string(3)));
    return names;
  }

  private List<Attributes> chains(int family, String table) throws VirtException {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    new Messages(writer, family, table).begin(TableMessages.GET_CHAIN, NetlinkWriter.DUMP);
    writer.end();
    return ask(writer).stream()
        .map(message -> message.attributes(TableMessages.HEADER))
        .filter(chain -> chain.string(1).equals(table)) // older kernels list all tables
        .toList();
  }

  /** Returns the chains that a chain's rules jump to. */
  Set<String> jumps(Family family, String chain) throws VirtException {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    new Messages(writer, family.number(), family.table())
        .begin(TableMessages.GET_RULE, NetlinkWriter.DUMP);
    writer.attributeString(2, chain);
    writer.end();
    Set<String> targets = new HashSet<>();
    for (NetlinkMessage message : ask(writer)) {
      Attributes rule = message.attributes(TableMessages.HEADER);
      if (rule.string(1).equals(family.table()) && rule.string(2).equals(chain)) {
        targets.addAll(Messages.jumps(rule));
      }
    }
    return targets;
  }

  /** Returns the rules of all chains of ours in a tool's table, those of a chain in their order. */
  Map<String, List<FoundRule>> rules(Family family) throws VirtException {
    return rules(family, "");
  }

  /** Returns the rules of one chain, or of all for an empty name. */
  Map<String, List<FoundRule>> rules(Family family, String chain) throws VirtException {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    new Messages(writer, family.number(), family.table())
        .begin(TableMessages.GET_RULE, NetlinkWriter.DUMP);
    if (!chain.isEmpty()) {
      writer.attributeString(2, chain);
    }
    writer.end();
    Map<String, List<FoundRule>> rules = new HashMap<>();
    for (NetlinkMessage message : ask(writer)) {
      Attributes rule = message.attributes(TableMessages.HEADER);
      if (rule.string(1).equals(family.table())) {
        rules.computeIfAbsent(rule.string(2), c -> new ArrayList<>()).add(FoundRule.of(rule));
      }
    }
    return rules;
  }

  /** Says whether a request came from here. */
  boolean isOf(int netlinkPort) {
    return socket.port() == netlinkPort;
  }

  private List<NetlinkMessage> ask(NetlinkWriter writer) throws VirtException {
    Answer answer = socket.exchange(writer);
    Optional<NetlinkError> error = answer.error();
    if (error.isPresent() && error.get().errno() != NetlinkError.ENOENT) {
      throw refusal("read from nf_tables", error.get());
    }
    return error.isPresent() ? List.of() : answer.messages();
  }

  private static VirtException refusal(String action, NetlinkError error) {
    String reason =
        error.errno() == NetlinkError.EPERM
            ? error.text() + "; another running process owns them, or CAP_NET_ADMIN is missing"
            : error.text();
    return new VirtException(ErrorCode.BUILD_FIREWALL, action + ": " + reason);
  }

  /** Closes the socket; the tables stay. */
  @Override
  public void close() {
    socket.close();
  }
}
