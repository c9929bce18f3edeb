package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
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

  /** Writes the changes of one commit. */
  private interface Changes {
    void write(Batch batch, Inventory inventory);
  }

  synchronized void commit(EncodedPrograms encoded) throws VirtException {
    List<Code.Program> programs = encoded.programs();
    if (programs.isEmpty()) {
      return;
    }
    AddressChange change =
        new AddressChange(
            programs.stream().flatMap(program -> program.addresses().stream()).toList(), List.of());
    change(
        "commit nftables rules of ",
        encoded::origin,
        (batch, known) -> {
          batch.writer().append(encoded.messages());
          List<Integer> ports = programs.stream().map(program -> program.port().index()).toList();
          deleteAddresses(batch, known, ports);
          addAddresses(batch, change);
          unmap(batch, known, ports);
          map(batch, Layout.FROM_PORT, programs, Code.Program::outgoing);
          map(batch, Layout.TO_PORT, programs, Code.Program::incoming);
          deleteChains(batch, known, ports);
        });
    programs.forEach(inventory::installed);
    change.record(inventory);
  }

  synchronized void remove(Collection<Integer> ports) throws VirtException {
    change(
        "remove nftables rules",
        sequence -> "",
        (batch, known) -> {
          unmap(batch, known, ports);
          deleteChains(batch, known, ports);
          deleteAddresses(batch, known, ports);
        });
    ports.forEach(inventory::removed);
  }

  synchronized void bind(AddressChange change) throws VirtException {
    change(
        "bind addresses in nftables",
        sequence -> "",
        (batch, known) -> {
          for (String set : Layout.ADDRESSES) {
            deleteElements(batch, set, change.all(set));
          }
          addAddresses(batch, change);
        });
    change.record(inventory);
  }

  synchronized List<InstalledProgram> list() throws VirtException {
    open();
    Optional<TableReader.Table> table = reader.table();
    if (table.isEmpty()) {
      return List.of();
    }
    if (table.get().owner() == 0 && flags != 0) {
      takeOver();
    }
    return Inventory.programs(reader);
  }

  private static void deleteAddresses(Batch batch, Inventory known, Collection<Integer> ports) {
    for (String set : Layout.ADDRESSES) {
      List<Batch.Element> elements = new ArrayList<>();
      ports.forEach(index -> elements.addAll(known.addressesOf(index, set)));
      deleteElements(batch, set, elements);
    }
  }

  private static void addAddresses(Batch batch, AddressChange change) {
    for (String set : Layout.ADDRESSES) {
      batch.elements(Batch.NEW_ELEMENTS, set, change.added(set));
    }
  }

  /**
   * Deletes elements that may have expired: adding one that is there does nothing, and then it is
   * there for sure.
   */
  private static void deleteElements(Batch batch, String set, List<Batch.Element> elements) {
    batch.elements(Batch.NEW_ELEMENTS, set, elements);
    batch.elements(Batch.DELETE_ELEMENTS, set, elements);
  }

  private static void unmap(Batch batch, Inventory known, Collection<Integer> ports) {
    for (String map : List.of(Layout.FROM_PORT, Layout.TO_PORT)) {
      List<Batch.Element> old = new ArrayList<>();
      for (int index : ports) {
        if (known.isMapped(map, index)) {
          old.add(new Batch.Element(HostOrder.bytes(index)));
        }
      }
      batch.elements(Batch.DELETE_ELEMENTS, map, old);
    }
  }

  private static void map(
      Batch batch,
      String map,
      List<Code.Program> programs,
      Function<Code.Program, List<Code.Chain>> chains) {
    List<Batch.Element> elements = new ArrayList<>(programs.size());
    for (Code.Program program : programs) {
      Verdict first = Verdict.goTo(chains.apply(program).get(0).name());
      elements.add(new Batch.Element(HostOrder.bytes(program.port().index()), first, 0));
    }
    batch.elements(Batch.NEW_ELEMENTS, map, elements);
  }

  private static void deleteChains(Batch batch, Inventory known, Collection<Integer> ports) {
    for (int index : ports) {
      // Rules first: while one jumps to a chain it cannot be deleted.
      known.chainsOf(index).forEach(batch::flushChain);
      known.chainsOf(index).forEach(batch::deleteChain);
    }
  }

  private void change(String action, IntFunction<String> origin, Changes changes)
      throws VirtException {
    open();
    if (doubtful) {
      refresh();
    }
    // Until the kernel's answer is known nobody can say what it did.
    doubtful = true;
    Answer answer = attempt(changes);
    if (hasError(answer, NetlinkError.ENOENT)) {
      LOG.warn("The nftables table {} is not as it was left: reading it again", Layout.TABLE);
      refresh();
      answer = attempt(changes);
    }
    doubtful = hasError(answer, NetlinkError.ENOBUFS);
    if (!answer.errors().isEmpty()) {
      throw refusal(action, origin, answer.errors().get(0));
    }
    ready = true;
  }

  private static boolean hasError(Answer answer, int errno) {
    return answer.errors().stream().anyMatch(error -> error.errno() == errno);
  }

  private Answer attempt(Changes changes) throws VirtException {
    Batch batch = new Batch(new NetlinkWriter(1, CAPACITY), Layout.TABLE);
    batch.beginBatch();
    if (!ready) {
      setUp(batch);
    }
    changes.write(batch, inventory);
    // Asks for one answer, after all others; the table is there, so nothing is done.
    batch.newTable(flags, NetlinkWriter.ACK);
    batch.endBatch();
    return socket.exchange(batch.writer());
  }

  /**
   * Makes what is not there, and the first rules anew: an older version of this bundle may have had
   * others.
   */
  private void setUp(Batch batch) {
    batch.newTable(flags, 0);
    batch.addressSet(Layout.ADDRESSES4, 1, 4);
    batch.addressSet(Layout.ADDRESSES6, 2, 16);
    batch.verdictMap(Layout.FROM_PORT, 3);
    batch.verdictMap(Layout.TO_PORT, 4);
    batch.tableWithChains(flags, Layout.CHAINS);
    for (Layout.Gate gate : Layout.GATES) {
      new Batch(batch.writer(), Layout.TABLE, gate.family()).tableWithChains(flags, gate.chains());
    }
  }

  private void open() throws VirtException {
    if (socket != null) {
      return;
    }
    NetlinkSocket opened = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      flags = Probe.run().owned() ? Batch.OWNER | Batch.PERSIST : 0;
      reader = new TableReader(opened);
      inventory = Inventory.read(reader);
      socket = opened;
    } finally {
      if (socket == null) {
        opened.close();
      }
    }
  }

  private void refresh() throws VirtException {
    ready = false;
    inventory = Inventory.read(reader);
  }

  /** Protects the table from others again, after its owner was killed. */
  private void takeOver() throws VirtException {
    Batch batch = new Batch(new NetlinkWriter(1, CAPACITY), Layout.TABLE);
    batch.beginBatch();
    for (Layout.Gate gate : Layout.GATES) {
      new Batch(batch.writer(), Layout.TABLE, gate.family()).newTable(flags, 0);
    }
    batch.newTable(flags, NetlinkWriter.ACK);
    batch.endBatch();
    Optional<NetlinkError> error = socket.exchange(batch.writer()).error();
    if (error.isPresent()) {
      throw refusal("take over the nftables table", sequence -> "", error.get());
    }
  }

  private VirtException refusal(String action, IntFunction<String> origin, NetlinkError error)
      throws VirtException {
    String object = origin.apply(error.sequence());
    return new VirtException(ErrorCode.BUILD_FIREWALL, action + object + ": " + reason(error));
  }

  private String reason(NetlinkError error) throws VirtException {
    if (error.errno() != NetlinkError.EPERM) {
      return error.text();
    }
    int owner = reader.table().map(TableReader.Table::owner).orElse(0);
    if (owner != 0 && owner != socket.port()) {
      return "another running process owns the table "
          + Layout.TABLE
          + " (netlink port "
          + Integer.toUnsignedString(owner)
          + ", usually its process id)";
    }
    return error.text() + "; CAP_NET_ADMIN is needed";
  }

  /** Closes the socket; what was committed stays. */
  @Override
  public synchronized void close() {
    if (socket != null) {
      socket.close();
      socket = null;
      ready = false;
      doubtful = false;
    }
  }
}
