package org.virt.nwfilter.nftables.internal;

import org.virt.common.netlink.NetlinkWriter;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.Dispatch;
import org.virt.nwfilter.nftables.internal.Condition.Known;
import org.virt.nwfilter.nftables.internal.Condition.Member;

/**
 * Writes conditions and verdicts as the kernel's expressions: numbers of
 * linux/netfilter/nf_tables.h.
 */
final class ExpressionWriter {
  private static final int VERDICT_REGISTER = 0;

  /** {@code NFT_LOOKUP_F_INV}. */
  private static final int INVERTED = 1;

  static final int FIRST = 1;
  private static final int META_TRACE = 12;

  /** The 4 bytes behind the first four: {@code NFT_REG32_01}. */
  static final int BEHIND_INDEX = 9;

  static final int EQUAL = 0;
  private static final int NOT_EQUAL = 1;

  /** Codes of "port unreachable": RFC 792 and RFC 4443. */
  private static final int ICMP_PORT = 3;

  private static final int ICMPV6_PORT = 4;

  private final NetlinkWriter writer;
  private int expression;
  private int data;

  ExpressionWriter(NetlinkWriter writer) {
    this.writer = writer;
  }

  void condition(Condition condition) {
    if (condition instanceof Compare compare) {
      compare(compare);
    } else if (condition instanceof Member member) {
      load(member.port(), FIRST);
      load(member.address(), BEHIND_INDEX);
      lookup(member.set(), member.negated() ? INVERTED : 0);
    } else if (condition instanceof Dispatch dispatch) {
      load(dispatch.port(), FIRST);
      map(dispatch.map(), VERDICT_REGISTER);
    } else if (condition instanceof Known known) {
      load(known.subject(), FIRST);
      lookup(known.set(), known.negated() ? INVERTED : 0);
    } else {
      new TransportExpressions(this, writer).write(condition);
    }
  }

  /** Counts what comes here. */
  void counter() {
    begin("counter");
    end();
  }

  /** Marks frames so that the kernel tells what becomes of them. */
  void trace() {
    begin("immediate");
    writer.attributeBe32(1, FIRST);
    value(2, new byte[] {1});
    end();
    begin("meta");
    writer.attributeBe32(2, META_TRACE);
    writer.attributeBe32(3, FIRST);
    end();
  }

  void verdict(Verdict verdict) {
    if (verdict.equals(Verdict.NEXT)) {
      return;
    }
    boolean ipv4 = verdict.equals(Verdict.REJECT_IPV4);
    if (ipv4 || verdict.equals(Verdict.REJECT_IPV6)) {
      begin("reject");
      writer.attributeBe32(1, 0);
      writer.attributeU8(2, ipv4 ? ICMP_PORT : ICMPV6_PORT);
      end();
      return;
    }
    begin("immediate");
    writer.attributeBe32(1, VERDICT_REGISTER);
    int value = writer.nest(2);
    verdictData(verdict);
    writer.endNest(value);
    end();
  }

  void verdictData(Verdict verdict) {
    int nest = writer.nest(2);
    writer.attributeBe32(1, verdict.code());
    if (!verdict.chain().isEmpty()) {
      writer.attributeString(2, verdict.chain());
    }
    writer.endNest(nest);
  }

  private void compare(Compare compare) {
    Subject subject = compare.subject();
    load(subject, FIRST);
    if (subject.mask() != 0 || compare.mask().length > 0) {
      byte[] mask = compare.mask().length > 0 ? compare.mask() : mask(subject);
      bitwise(mask, new byte[mask.length]);
    }
    boolean range = compare.isRange();
    begin(range ? "range" : "cmp");
    writer.attributeBe32(1, FIRST);
    writer.attributeBe32(2, compare.negated() ? NOT_EQUAL : EQUAL);
    value(3, compare.from());
    if (range) {
      value(4, compare.to());
    }
    end();
  }

  void bitwise(byte[] mask, byte[] xor) {
    begin("bitwise");
    writer.attributeBe32(1, FIRST);
    writer.attributeBe32(2, FIRST);
    writer.attributeBe32(3, mask.length);
    value(4, mask);
    value(5, xor);
    end();
  }

  private static byte[] mask(Subject subject) {
    byte[] bytes = new byte[subject.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (subject.mask() >>> Byte.SIZE * (bytes.length - 1 - i));
    }
    return bytes;
  }

  void load(Subject subject, int register) {
    if (subject.base() == Subject.Base.META) {
      begin("meta");
      writer.attributeBe32(2, subject.offset());
      writer.attributeBe32(1, register);
    } else if (subject.base() == Subject.Base.CONNECTION) {
      begin("ct");
      writer.attributeBe32(1, register);
      writer.attributeBe32(2, subject.offset());
    } else {
      begin("payload");
      writer.attributeBe32(1, register);
      writer.attributeBe32(2, subject.base().ordinal());
      writer.attributeBe32(3, subject.offset());
      writer.attributeBe32(4, subject.length());
    }
    end();
  }

  private void lookup(String set, int flags) {
    begin("lookup");
    writer.attributeString(1, set);
    writer.attributeBe32(2, FIRST);
    if (flags != 0) {
      writer.attributeBe32(5, flags);
    }
    end();
  }

  void map(String map, int register) {
    begin("lookup");
    writer.attributeString(1, map);
    writer.attributeBe32(2, FIRST);
    writer.attributeBe32(3, register);
    end();
  }

  void value(int type, byte[] bytes) {
    int nest = writer.nest(type);
    writer.attributeBytes(1, bytes);
    writer.endNest(nest);
  }

  /** Writes any other expression. */
  void expression(String name, Runnable attributes) {
    begin(name);
    attributes.run();
    end();
  }

  void begin(String name) {
    expression = writer.nest(1);
    writer.attributeString(1, name);
    data = writer.nest(2);
  }

  void end() {
    writer.endNest(data);
    writer.endNest(expression);
  }
}
