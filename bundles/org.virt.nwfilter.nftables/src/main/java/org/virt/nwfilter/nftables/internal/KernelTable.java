package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortCounts;
import org.virt.api.nwfilter.RuleCount;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;
import org.virt.spi.nwfilter.InstalledProgram;

/**
 * Our table in the kernel. All changes go through one socket that stays open: where the kernel can,
 * the table belongs to it, and nobody else's flush or delete touches it. When the socket closes the
 * table stays, and the next runtime takes it over.
 */
final class KernelTable implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KernelTable.class);
  private static final int CAPACITY = 4096;

  private NetlinkSocket socket;
  private TableReader reader;
  private Inventory inventory;
  private int flags;
  private boolean ready;
  private boolean doubtful;

  /** Whether somebody else has changed something; then nothing that is there is used again. */
  private boolean mistrusted;

  private boolean owning = true;

  /** Who used it still would keep the table from the next owner. */
  private boolean closed;

  private volatile int port;
  private final Set<Part> parts = EnumSet.noneOf(Part.class);

  /** Writes the changes of one commit. */
  private interface Changes {
    void write(Batch batch, Inventory inventory);
  }

  /** Leaves the table to whoever wants to change it, from the next opening on. */
  synchronized void share() {
    owning = false;
  }

  /** Says whether nobody else can change the table while this is open. */
  synchronized boolean isOwned() throws VirtException {
    open();
    return flags != 0;
  }

  /** Says whether a request came from here. */
  boolean isOf(int netlinkPort) {
    return port == netlinkPort;
  }

  /** Somebody else has changed something: the next change replaces everything. */
  synchronized void mistrust() {
    mistrusted = true;
  }

  /**
   * Has the kernel judge ports by other programs. Chains that are not there yet are made before the
   * elements that lead to them: while a transaction takes effect, a packet may be judged by the
   * rules from before it and meet elements from behind it, and a chain of that transaction has no
   * rules for such a packet, which would pass.
   */
  synchronized void commit(List<Code.Port> ports) throws VirtException {
    if (!ports.isEmpty()) {
      Commit commit = new Commit(ports);
      settle();
      if (!mistrusted && commit.lacksChains(inventory)) {
        change("commit nftables rules of ", commit::origin, commit::writeChains, commit.parts());
        commit.recordChains(inventory);
      }
      change("commit nftables rules of ", commit::origin, commit::write, commit.parts());
      commit.record(inventory);
    }
  }

  synchronized void remove(Set<Integer> ports) throws VirtException {
    change(
        "remove nftables rules",
        sequence -> "",
        (batch, known) -> remove(batch, known, ports),
        Set.of());
    Inventory.Unused unused = inventory.unused(ports, Set.of());
    inventory.firstChainsDeleted(inventory.idleFirstChains());
    ports.forEach(inventory::removed);
    inventory.deleted(unused);
  }

  private static void remove(Batch batch, Inventory known, Set<Integer> ports) {
    for (PortSet set : TransportLayout.sets().values()) {
      Commit.delete(batch, set, known.elements(set.name(), ports));
    }
    Commit.deleteFirst(batch, known.idleFirstChains());
    Commit.delete(batch, known.unused(ports, Set.of()));
  }

  synchronized void bind(AddressChange change) throws VirtException {
    change("bind addresses in nftables", sequence -> "", change::write, Set.of());
    change.record(inventory);
  }

  synchronized List<InstalledProgram> list() throws VirtException {
    open();
    if (mistrusted || reader.table().isEmpty()) {
      return List.of();
    }
    takeOver();
    return InstalledPrograms.read(reader);
  }

  /** Returns all rules about frames of ports like one. */
  synchronized List<FoundRule> rules(int index) throws VirtException {
    return reader.rules(family(index));
  }

  /** Returns the family of the table that a port's frames meet first. */
  synchronized int family(int index) throws VirtException {
    open();
    return inventory.isDirect(index) ? Batch.NETDEV : Batch.BRIDGE;
  }

  /** Returns what the rules of a port have counted. */
  synchronized PortCounts counts(PortId port, int index) throws VirtException {
    open();
    String group = inventory.groupOf(index);
    if (group.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "count packets of " + port + ": it has no nftables rules");
    }
    List<RuleCount> counts = new ArrayList<>();
    for (int family : Inventory.FAMILIES) {
      reader.rules(family).stream()
          .filter(rule -> Inventory.isOf(rule.chain(), group))
          .map(FoundRule::count)
          .forEach(counts::add);
    }
    counts.sort(Comparator.comparing(RuleCount::direction));
    return new PortCounts(port, NftablesTechnique.TECHNIQUE, inventory.usersOf(group), counts);
  }

  /** Has the kernel tell what becomes of a port's frames. */
  synchronized void trace(int index) throws VirtException {
    change(
        "trace frames in nftables",
        sequence -> "",
        (batch, known) -> TraceRules.write(batch, index, known.isDirect(index)),
        Set.of());
  }

  synchronized void untrace(int index) throws VirtException {
    List<FoundRule> traces = rules(index).stream().filter(TraceRules.isOf(index)).toList();
    int family = family(index);
    if (!traces.isEmpty()) {
      change(
          "end tracing in nftables",
          sequence -> "",
          (batch, known) ->
              traces.forEach(rule -> batch.of(family).deleteRule(rule.chain(), rule.handle())),
          Set.of());
    }
  }

  private void change(String action, IntFunction<String> origin, Changes changes, Set<Part> needed)
      throws VirtException {
    settle();
    // Until the kernel's answer is known nobody can say what it did.
    doubtful = true;
    Answer answer = attempt(changes, needed);
    if (hasError(answer, NetlinkError.ENOENT)) {
      LOG.warn("The nftables table {} is not as it was left: reading it again", Layout.TABLE);
      if (!mistrusted) {
        refresh();
      }
      answer = attempt(changes, needed);
    }
    doubtful = hasError(answer, NetlinkError.ENOBUFS);
    if (!answer.errors().isEmpty()) {
      throw refusal(action, origin, answer.errors().get(0));
    }
    ready = true;
    mistrusted = false;
    parts.addAll(needed);
  }

  /** Has what is known of the tables be true, and the tables be ours. */
  private void settle() throws VirtException {
    open();
    if (mistrusted) {
      ready = false;
      parts.clear();
      inventory = new Inventory();
    } else if (doubtful) {
      refresh();
    }
    if (!ready && !mistrusted) {
      takeOver();
    }
  }

  private static boolean hasError(Answer answer, int errno) {
    for (NetlinkError error : answer.errors()) {
      if (error.errno() == errno) {
        return true;
      }
    }
    return false;
  }

  private Answer attempt(Changes changes, Set<Part> needed) throws VirtException {
    Batch batch = new Batch(new NetlinkWriter(1, CAPACITY), Layout.TABLE);
    batch.beginBatch();
    if (mistrusted) {
      TableSetup.delete(batch, reader);
    }
    if (!ready) {
      TableSetup.write(batch, flags);
    }
    for (Part part : needed) {
      if (!parts.contains(part)) {
        TableSetup.write(batch, flags, part);
      }
    }
    changes.write(batch, inventory);
    // Asks for one answer, after all others; the table is there, so nothing is done.
    batch.newTable(flags, NetlinkWriter.ACK);
    batch.endBatch();
    return socket.exchange(batch.writer());
  }

  private void open() throws VirtException {
    if (closed) {
      throw new VirtException(ErrorCode.OPERATION_ABORTED, "use nftables: it has been stopped");
    }
    if (socket != null) {
      return;
    }
    NetlinkSocket opened = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      flags = owning && Probe.run().owned() ? Batch.OWNER | Batch.PERSIST : 0;
      reader = new TableReader(opened);
      inventory = Inventory.read(reader);
      // Only a persistent table can get an owner later, and none loses that: it is made anew.
      mistrusted |=
          reader.table().filter(t -> ((t.flags() ^ flags) & Batch.PERSIST) != 0).isPresent();
      socket = opened;
      port = opened.port();
    } finally {
      if (socket == null) {
        opened.close();
      }
    }
  }

  private void refresh() throws VirtException {
    ready = false;
    parts.clear();
    inventory = Inventory.read(reader);
    doubtful = false;
  }

  /**
   * Gives the tables that an owner has left a new one. On its own: in the same transaction the
   * kernel would take no first chain that is not there yet.
   */
  private void takeOver() throws VirtException {
    List<Integer> left = flags == 0 ? List.of() : TableSetup.orphans(reader);
    if (left.isEmpty()) {
      return;
    }
    Batch batch = new Batch(new NetlinkWriter(1, CAPACITY), Layout.TABLE);
    batch.beginBatch();
    left.forEach(family -> batch.of(family).newTable(flags, 0));
    batch.of(left.get(0)).newTable(flags, NetlinkWriter.ACK);
    batch.endBatch();
    Optional<NetlinkError> error = socket.exchange(batch.writer()).error();
    if (error.isPresent()) {
      throw refusal("take over the nftables table", sequence -> "", error.get());
    }
  }

  private VirtException refusal(String action, IntFunction<String> origin, NetlinkError error)
      throws VirtException {
    String object = origin.apply(error.sequence());
    return new VirtException(
        ErrorCode.BUILD_FIREWALL, action + object + ": " + reader.reason(error, socket.port()));
  }

  /** Closes the socket, for good; what was committed stays. */
  @Override
  public synchronized void close() {
    closed = true;
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
