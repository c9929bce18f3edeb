package org.virt.nwfilter.nftables.internal;

import java.util.Arrays;
import java.util.List;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.common.netlink.TableMessages;

/** Writes messages of nf_tables: numbers of linux/netfilter/nf_tables.h. */
final class Batch {

  static final int OWNER = 0x2;
  static final int PERSIST = 0x4;

  /** Families of tables: {@code NFPROTO_*}. */
  static final int INET = 1;

  static final int IPV4 = 2;
  static final int IPV6 = 10;

  static final int ARP = 3;
  static final int NETDEV = 5;
  static final int BRIDGE = 7;

  private final NetlinkWriter writer;
  private final ExpressionWriter expressions;
  private final String table;
  private final int family;

  /** Writes about a table of the bridge family. */
  Batch(NetlinkWriter writer, String table) {
    this(writer, table, BRIDGE);
  }

  Batch(NetlinkWriter writer, String table, int family) {
    this.writer = writer;
    this.table = table;
    this.family = family;
    expressions = new ExpressionWriter(writer);
  }

  /** Writes on about the table of another family. */
  Batch of(int other) {
    return other == family ? this : new Batch(writer, table, other);
  }

  NetlinkWriter writer() {
    return writer;
  }

  void beginBatch() {
    TableMessages.beginBatch(writer);
  }

  void endBatch() {
    TableMessages.endBatch(writer);
  }

  /**
   * Starts a message about the table: its name is the first attribute of every kind but of a table
   * itself.
   */
  int begin(int type, int flags) {
    return TableMessages.begin(writer, type, family, flags);
  }

  void newTable(int tableFlags, int flags) {
    begin(TableMessages.NEW_TABLE, NetlinkWriter.CREATE | flags);
    writer.attributeString(1, table);
    writer.attributeBe32(2, tableFlags);
    writer.end();
  }

  void deleteTable(int flags) {
    begin(TableMessages.DELETE_TABLE, flags);
    writer.attributeString(1, table);
    writer.end();
  }

  /** Makes sets and maps, each in the table of its family. */
  void sets(List<PortSet> sets) {
    new SetWriter(this).sets(sets);
  }

  void deleteSet(String name) {
    begin(TableMessages.DELETE_SET, 0);
    writer.attributeString(1, table);
    writer.attributeString(2, name);
    writer.end();
  }

  void baseChain(Layout.Base base) {
    baseChain(base, "");
  }

  /** Makes a first chain of one device with its rules; one of its name must not be there. */
  void deviceChain(Layout.Base base, String device) {
    baseChain(base, device);
    base.rules().forEach(rule -> newRule(base.name(), rule));
  }

  private void baseChain(Layout.Base base, String device) {
    begin(TableMessages.NEW_CHAIN, NetlinkWriter.CREATE);
    writer.attributeString(1, table);
    writer.attributeString(3, base.name());
    if (base.hook() != Layout.Base.NO_HOOK) {
      int hook = writer.nest(4);
      writer.attributeBe32(1, base.hook());
      writer.attributeBe32(2, base.priority());
      if (!device.isEmpty()) {
        writer.attributeString(3, device);
      }
      writer.endNest(hook);
      writer.attributeBe32(5, Verdict.ACCEPT.code());
      writer.attributeString(7, "filter");
    }
    writer.end();
  }

  /** Makes the table and its first chains, whose rules are those given and no others. */
  void tableWithChains(int tableFlags, List<Layout.Base> chains) {
    newTable(tableFlags, 0);
    chains.forEach(this::baseChain);
    for (Layout.Base base : chains) {
      flushChain(base.name());
      base.rules().forEach(rule -> newRule(base.name(), rule));
    }
  }

  void newChain(Code.Chain chain) {
    begin(TableMessages.NEW_CHAIN, NetlinkWriter.CREATE | NetlinkWriter.EXCL);
    writer.attributeString(1, table);
    writer.attributeString(3, chain.name());
    writer.end();
  }

  /** Adds a rule that counts what it matches. */
  int newCountedRule(String chain, Code.Rule rule) {
    return newRule(chain, rule, expressions::counter);
  }

  int newRule(String chain, Code.Rule rule) {
    return newRule(chain, rule, () -> {});
  }

  private int newRule(String chain, Code.Rule rule, Runnable beforeVerdict) {
    int sequence = begin(TableMessages.NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    int list = writer.nest(4);
    rule.conditions().forEach(expressions::condition);
    beforeVerdict.run();
    expressions.verdict(rule.verdict());
    writer.endNest(list);
    if (!rule.comment().isEmpty()) {
      writer.attributeBytes(7, TableMessages.comment(rule.comment()));
    }
    writer.end();
    return sequence;
  }

  /** Has a chain's frames of one interface traced, before any other rule of it. */
  void newTraceRule(String chain, Condition port, String comment) {
    begin(TableMessages.NEW_RULE, NetlinkWriter.CREATE);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    int list = writer.nest(4);
    expressions.condition(port);
    expressions.trace();
    writer.endNest(list);
    writer.attributeBytes(7, TableMessages.comment(comment));
    writer.end();
  }

  void deleteRule(String chain, long handle) {
    begin(TableMessages.DELETE_RULE, 0);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    writer.attributeBe64(3, handle);
    writer.end();
  }

  /** Adds a rule of one expression that no condition is made of. */
  void newRule(String chain, String expression, Runnable attributes) {
    begin(TableMessages.NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    int list = writer.nest(4);
    expressions.expression(expression, attributes);
    writer.endNest(list);
    writer.end();
  }

  /** Takes all rules out of a chain. */
  void flushChain(String chain) {
    begin(TableMessages.DELETE_RULE, 0);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    writer.end();
  }

  void deleteChain(String chain) {
    begin(TableMessages.DELETE_CHAIN, 0);
    writer.attributeString(1, table);
    writer.attributeString(3, chain);
    writer.end();
  }

  /**
   * An element of a set.
   *
   * @param key its key
   * @param verdict for a map, what it leads to; else {@link Verdict#NEXT}
   * @param mark for a map to marks, the mark; else 0
   * @param timeout milliseconds; 0 for no end
   * @param comment what is kept with it; empty for nothing
   */
  record Element(byte[] key, Verdict verdict, int mark, long timeout, String comment) {
    Element(byte[] key) {
      this(key, Verdict.NEXT, 0, 0, "");
    }

    /** Returns the same with nothing but its key. */
    Element bare() {
      return new Element(key);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Element element && Arrays.equals(key, element.key);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(key);
    }
  }

  /** Adds or deletes elements, in as many messages as their length asks for. */
  void elements(int type, PortSet set, List<Element> elements) {
    if (!elements.isEmpty()) {
      new SetWriter(this).elements(type, set, elements);
    }
  }

  /** Starts a message about an object of the table, which names the table. */
  void beginIn(int type, int flags) {
    begin(type, flags);
    writer.attributeString(1, table);
  }

  ExpressionWriter expressions() {
    return expressions;
  }
}
