package org.virt.nwfilter.ebtables.internal;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.common.netlink.TableMessages;

/** Writes messages of nf_tables about one table: numbers of linux/netfilter/nf_tables.h. */
final class Messages {
  /** Types of nft's own, for its printing: index and name of an interface, 6 bits for each. */
  private static final int INDEX_AND_NAME = 20 << 6 | 41;

  private static final int INDEX_AND_IPV4 = 20 << 6 | 7;
  private static final int INDEX_AND_IPV6 = 20 << 6 | 8;
  private static final int TIMEOUT = 0x10;

  private final NetlinkWriter writer;
  private final int family;
  private final String table;

  /** How many sets were made: each has a number within its transaction. */
  private int sets;

  Messages(NetlinkWriter writer, int family, String table) {
    this.writer = writer;
    this.family = family;
    this.table = table;
  }

  void beginBatch() {
    TableMessages.beginBatch(writer);
  }

  void endBatch() {
    TableMessages.endBatch(writer);
  }

  /** Starts a message whose first attribute is the table. */
  void begin(int type, int flags) {
    TableMessages.begin(writer, type, family, flags);
    writer.attributeString(1, table);
  }

  void newTable(int tableFlags, int flags) {
    begin(TableMessages.NEW_TABLE, NetlinkWriter.CREATE | flags);
    writer.attributeBe32(2, tableFlags);
    writer.end();
  }

  /** Makes the sets of the gate. */
  void sets() {
    set(GateLayout.PORTS, INDEX_AND_NAME, GateLayout.KEY_BYTES, 0);
    set(GateLayout.SILENT, INDEX_AND_NAME, GateLayout.KEY_BYTES, 0);
    set(GateLayout.LEASES4, INDEX_AND_IPV4, Lease.KEY_BYTES4, 0);
    set(GateLayout.VALID4, INDEX_AND_IPV4, Lease.KEY_BYTES4, TIMEOUT);
    set(GateLayout.LEASES6, INDEX_AND_IPV6, Lease.KEY_BYTES6, 0);
    set(GateLayout.VALID6, INDEX_AND_IPV6, Lease.KEY_BYTES6, TIMEOUT);
  }

  private void set(String name, int type, int length, int flags) {
    begin(TableMessages.NEW_SET, NetlinkWriter.CREATE);
    writer.attributeString(2, name);
    writer.attributeBe32(3, flags);
    writer.attributeBe32(4, type);
    writer.attributeBe32(5, length);
    writer.attributeBe32(10, ++sets);
    writer.end();
  }

  /** Makes a chain that the kernel enters, whose rules are those given and no others. */
  void baseChain(GateLayout.Base base) {
    begin(TableMessages.NEW_CHAIN, NetlinkWriter.CREATE);
    writer.attributeString(3, base.name());
    int hook = writer.nest(4);
    writer.attributeBe32(1, base.hook());
    writer.attributeBe32(2, base.priority());
    writer.endNest(hook);
    writer.attributeBe32(5, GateLayout.ACCEPT);
    writer.attributeString(7, "filter");
    writer.end();
    flushChain(base.name());
    for (List<Expression> rule : base.rules()) {
      begin(TableMessages.NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND);
      writer.attributeString(2, base.name());
      int list = writer.nest(4);
      rule.forEach(expression -> expression.write(writer));
      writer.endNest(list);
      writer.end();
    }
  }

  /** Makes a chain without rules that says something. */
  void note(String name, String comment) {
    begin(TableMessages.NEW_CHAIN, NetlinkWriter.CREATE);
    writer.attributeString(3, name);
    writer.attributeBytes(12, TableMessages.comment(comment));
    writer.end();
  }

  /** Takes all rules out of a chain. */
  void flushChain(String name) {
    begin(TableMessages.DELETE_RULE, 0);
    writer.attributeString(2, name);
    writer.end();
  }

  void deleteChain(String name) {
    begin(TableMessages.DELETE_CHAIN, 0);
    writer.attributeString(3, name);
    writer.end();
  }

  /** Adds a lease that ends by itself, or has one that is there end at another time. */
  void lease(Lease lease, long millis) {
    elements(TableMessages.NEW_ELEMENTS, lease.known(), List.of(lease.bytes()));
    // The time of an element that is there does not change.
    elements(TableMessages.NEW_ELEMENTS, lease.valid(), List.of(lease.bytes()));
    elements(TableMessages.DELETE_ELEMENTS, lease.valid(), List.of(lease.bytes()));
    begin(TableMessages.NEW_ELEMENTS, NetlinkWriter.CREATE);
    writer.attributeString(2, lease.valid());
    int list = writer.nest(3);
    element(lease.bytes(), millis);
    writer.endNest(list);
    writer.end();
  }

  /** Takes a lease away, whether it is there or not. */
  void noLease(Lease lease) {
    for (String set : List.of(lease.known(), lease.valid())) {
      elements(TableMessages.NEW_ELEMENTS, set, List.of(lease.bytes()));
      elements(TableMessages.DELETE_ELEMENTS, set, List.of(lease.bytes()));
    }
  }

  private void element(byte[] bytes, long millis) {
    int element = writer.nest(1);
    int key = writer.nest(1);
    writer.attributeBytes(1, bytes);
    writer.endNest(key);
    if (millis > 0) {
      writer.attributeBe64(4, millis);
    }
    writer.endNest(element);
  }

  /** Adds elements to a set, or deletes them. */
  void elements(int type, String set, List<byte[]> keys) {
    int next = 0;
    while (next < keys.size()) {
      begin(type, type == TableMessages.NEW_ELEMENTS ? NetlinkWriter.CREATE : 0);
      writer.attributeString(2, set);
      int list = writer.nest(3);
      int start = writer.size();
      while (next < keys.size() && writer.size() - start < TableMessages.MAX_ELEMENT_BYTES) {
        element(keys.get(next++), 0);
      }
      writer.endNest(list);
      writer.end();
    }
  }

  /** Returns the chains that a rule jumps to; an empty name for any other verdict. */
  static Set<String> jumps(Attributes rule) {
    Set<String> targets = new HashSet<>();
    for (ByteBuffer expression : rule.nested(4).values()) {
      targets.add(Attributes.read(expression).nested(2).nested(2).nested(2).string(2));
    }
    return targets;
  }
}
