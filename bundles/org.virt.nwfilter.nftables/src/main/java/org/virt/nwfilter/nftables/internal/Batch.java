package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.virt.common.netlink.NetlinkWriter;

/**
 * Writes messages of nf_tables: numbers of linux/netfilter/nfnetlink.h and
 * linux/netfilter/nf_tables.h.
 */
final class Batch {
  static final int NEW_TABLE = 0;
  static final int GET_TABLE = 1;
  static final int DELETE_TABLE = 2;
  static final int NEW_CHAIN = 3;
  static final int GET_CHAIN = 4;
  static final int DELETE_CHAIN = 5;
  static final int NEW_RULE = 6;
  static final int GET_RULE = 7;
  static final int DELETE_RULE = 8;
  static final int NEW_SET = 9;
  static final int NEW_ELEMENTS = 12;
  static final int GET_ELEMENTS = 13;
  static final int DELETE_ELEMENTS = 14;

  static final int OWNER = 0x2;
  static final int PERSIST = 0x4;

  static final int SUBSYSTEM = 10;

  /** Families of tables: {@code NFPROTO_*}. */
  static final int INET = 1;

  static final int ARP = 3;
  static final int BRIDGE = 7;

  private static final int BEGIN = 0x10;
  private static final int END = 0x11;
  private static final int MAX_ELEMENT_BYTES = 60_000;

  private static final int SET_MAP = 0x8;
  private static final int SET_TIMEOUT = 0x10;
  private static final int DATA_VERDICT = 0xffffff00;
  // Types of nft's own, for printing: 6 bits for each part of a concatenation.
  private static final int TYPE_INDEX = 20;
  private static final int TYPE_BITS = 6;

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

  NetlinkWriter writer() {
    return writer;
  }

  void beginBatch() {
    bracket(BEGIN);
  }

  void endBatch() {
    bracket(END);
  }

  private void bracket(int type) {
    writer.begin(type, NetlinkWriter.REQUEST);
    writer.u8(0);
    writer.u8(0);
    writer.be16(SUBSYSTEM);
    writer.end();
  }

  /**
   * Starts a message about the table: its name is the first attribute of every kind but of a table
   * itself.
   */
  int begin(int type, int flags) {
    int sequence = writer.begin(SUBSYSTEM << Byte.SIZE | type, NetlinkWriter.REQUEST | flags);
    writer.u8(family);
    writer.u8(0);
    writer.be16(0);
    return sequence;
  }

  void newTable(int tableFlags, int flags) {
    begin(NEW_TABLE, NetlinkWriter.CREATE | flags);
    writer.attributeString(1, table);
    writer.attributeBe32(2, tableFlags);
    writer.end();
  }

  void deleteTable(int flags) {
    begin(DELETE_TABLE, flags);
    writer.attributeString(1, table);
    writer.end();
  }

  /** Makes the sets and maps of ports. */
  void setsAndMaps() {
    int id = 1;
    for (Layout.PortSet set : Layout.SETS) {
      portSet(set, id++);
    }
    for (String map : Layout.MAPS) {
      verdictMap(map, id++);
    }
  }

  private void portSet(Layout.PortSet set, int id) {
    beginSet(set.name(), set.timed() ? SET_TIMEOUT : 0);
    writer.attributeBe32(4, TYPE_INDEX << TYPE_BITS | set.type());
    writer.attributeBe32(5, Integer.BYTES + set.bytes());
    writer.attributeBe32(10, id);
    if (set.note().length > 0) {
      writer.attributeBytes(13, set.note());
    }
    writer.end();
  }

  private void verdictMap(String name, int id) {
    beginSet(name, SET_MAP);
    writer.attributeBe32(4, TYPE_INDEX);
    writer.attributeBe32(5, Integer.BYTES);
    writer.attributeBe32(6, DATA_VERDICT);
    writer.attributeBe32(7, 0);
    writer.attributeBe32(10, id);
    // Keys are numbers in the host's order: what nft notes there for its printing.
    writer.attributeBytes(13, HostOrderNote.BYTES);
    writer.end();
  }

  private void beginSet(String name, int flags) {
    begin(NEW_SET, NetlinkWriter.CREATE);
    writer.attributeString(1, table);
    writer.attributeString(2, name);
    writer.attributeBe32(3, flags);
  }

  void baseChain(Layout.Base base) {
    begin(NEW_CHAIN, NetlinkWriter.CREATE);
    writer.attributeString(1, table);
    writer.attributeString(3, base.name());
    int hook = writer.nest(4);
    writer.attributeBe32(1, base.hook());
    writer.attributeBe32(2, Layout.PRIORITY);
    writer.endNest(hook);
    writer.attributeBe32(5, Verdict.ACCEPT.code());
    writer.attributeString(7, "filter");
    writer.end();
  }

  /** Makes the table and its first chains, whose rules are those given and no others. */
  void tableWithChains(int tableFlags, List<Layout.Base> chains) {
    newTable(tableFlags, 0);
    for (Layout.Base base : chains) {
      baseChain(base);
      flushChain(base.name());
      base.rules().forEach(rule -> newRule(base.name(), rule));
    }
  }

  void newChain(Code.Chain chain) {
    begin(NEW_CHAIN, NetlinkWriter.CREATE | NetlinkWriter.EXCL);
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
    int sequence = begin(NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    int list = writer.nest(4);
    rule.conditions().forEach(expressions::condition);
    beforeVerdict.run();
    expressions.verdict(rule.verdict());
    writer.endNest(list);
    if (!rule.comment().isEmpty()) {
      writer.attributeBytes(7, ExpressionWriter.comment(rule.comment()));
    }
    writer.end();
    return sequence;
  }

  /** Has a chain's frames of one interface traced, before any other rule of it. */
  void newTraceRule(String chain, Condition port, String comment) {
    begin(NEW_RULE, NetlinkWriter.CREATE);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    int list = writer.nest(4);
    expressions.condition(port);
    expressions.trace();
    writer.endNest(list);
    writer.attributeBytes(7, ExpressionWriter.comment(comment));
    writer.end();
  }

  void deleteRule(String chain, long handle) {
    begin(DELETE_RULE, 0);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    writer.attributeBe64(3, handle);
    writer.end();
  }

  /** Adds a rule of one expression that no condition is made of. */
  void newRule(String chain, String expression, Runnable attributes) {
    begin(NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    int list = writer.nest(4);
    expressions.expression(expression, attributes);
    writer.endNest(list);
    writer.end();
  }

  /** Takes all rules out of a chain. */
  void flushChain(String chain) {
    begin(DELETE_RULE, 0);
    writer.attributeString(1, table);
    writer.attributeString(2, chain);
    writer.end();
  }

  void deleteChain(String chain) {
    begin(DELETE_CHAIN, 0);
    writer.attributeString(1, table);
    writer.attributeString(3, chain);
    writer.end();
  }

  /**
   * An element of a set.
   *
   * @param key its key
   * @param verdict for a map, what it leads to; else {@link Verdict#NEXT}
   * @param timeout milliseconds; 0 for no end
   * @param comment what is kept with it; empty for nothing
   */
  record Element(byte[] key, Verdict verdict, long timeout, String comment) {
    Element(byte[] key) {
      this(key, Verdict.NEXT, 0, "");
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
  void elements(int type, String set, List<Element> elements) {
    int next = 0;
    while (next < elements.size()) {
      begin(type, type == NEW_ELEMENTS ? NetlinkWriter.CREATE : 0);
      writer.attributeString(1, table);
      writer.attributeString(2, set);
      int list = writer.nest(3);
      int start = writer.size();
      while (next < elements.size() && writer.size() - start < MAX_ELEMENT_BYTES) {
        element(elements.get(next++));
      }
      writer.endNest(list);
      writer.end();
    }
  }

  private void element(Element element) {
    int nest = writer.nest(1);
    int key = writer.nest(1);
    writer.attributeBytes(1, element.key());
    writer.endNest(key);
    if (element.verdict().code() != Verdict.NEXT.code()) {
      int data = writer.nest(2);
      expressions.verdictData(element.verdict());
      writer.endNest(data);
    }
    if (element.timeout() > 0) {
      writer.attributeBe64(4, element.timeout());
    }
    if (!element.comment().isEmpty()) {
      writer.attributeBytes(6, ExpressionWriter.comment(element.comment()));
    }
    writer.endNest(nest);
  }

  /** What nft keeps with a map whose keys and values are numbers in the host's order. */
  private static final class HostOrderNote {
    private static final int KEY_ORDER = 0;
    private static final int DATA_ORDER = 1;
    private static final byte[] BYTES = bytes();

    private static byte[] bytes() {
      ByteBuffer note = ByteBuffer.allocate(2 * (2 + Integer.BYTES)).order(ByteOrder.nativeOrder());
      note.put((byte) KEY_ORDER).put((byte) Integer.BYTES).putInt(1);
      note.put((byte) DATA_ORDER).put((byte) Integer.BYTES).putInt(0);
      return note.array();
    }
  }
}
