package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.nwfilter.nftables.internal.Condition.InIpSet;
import org.virt.nwfilter.nftables.internal.Condition.Limit;
import org.virt.nwfilter.nftables.internal.Condition.MarkBy;
import org.virt.nwfilter.nftables.internal.Condition.Note;
import org.virt.nwfilter.nftables.internal.Condition.SetMark;
import org.virt.nwfilter.nftables.internal.Condition.TcpOption;

/** Writes the kernel's expressions that most rules do without. */
final class TransportExpressions {
  /** {@code NFT_EXTHDR_F_PRESENT}, {@code NFT_EXTHDR_OP_TCPOPT}, {@code NFT_CONNLIMIT_F_INV}. */
  private static final int PRESENT = 1;

  private static final int OF_TCP = 1;
  private static final int OVER = 1;

  /** {@code NFT_DYNSET_OP_DELETE}. */
  private static final int DELETE = 2;

  private final ExpressionWriter expressions;
  private final NetlinkWriter writer;

  TransportExpressions(ExpressionWriter expressions, NetlinkWriter writer) {
    this.expressions = expressions;
    this.writer = writer;
  }

  void write(Condition condition) {
    if (condition instanceof TcpOption option) {
      tcpOption(option);
    } else if (condition instanceof Limit limit) {
      limit(limit);
    } else if (condition instanceof Note note) {
      expressions.load(note.first(), ExpressionWriter.FIRST);
      expressions.load(note.second(), ExpressionWriter.BEHIND_INDEX);
      expressions.begin("dynset");
      writer.attributeString(1, note.set());
      writer.attributeBe32(3, note.adds() ? 0 : DELETE);
      writer.attributeBe32(4, ExpressionWriter.FIRST);
      expressions.end();
    } else if (condition instanceof InIpSet set) {
      inIpSet(set);
    } else if (condition instanceof SetMark mark) {
      setMark(mark);
    } else if (condition instanceof MarkBy mark) {
      expressions.load(mark.port(), ExpressionWriter.FIRST);
      expressions.load(Subjects.WIRE_TYPE, ExpressionWriter.BEHIND_INDEX);
      expressions.map(mark.map(), ExpressionWriter.FIRST);
      storeMark();
    }
  }

  private void tcpOption(TcpOption option) {
    expressions.begin("exthdr");
    writer.attributeBe32(1, ExpressionWriter.FIRST);
    writer.attributeU8(2, option.number());
    writer.attributeBe32(3, 0);
    writer.attributeBe32(4, 1);
    writer.attributeBe32(5, PRESENT);
    writer.attributeBe32(6, OF_TCP);
    expressions.end();
    expressions.begin("cmp");
    writer.attributeBe32(1, ExpressionWriter.FIRST);
    writer.attributeBe32(2, ExpressionWriter.EQUAL);
    expressions.value(3, new byte[] {(byte) (option.there() ? 1 : 0)});
    expressions.end();
  }

  private void limit(Limit limit) {
    expressions.load(limit.port(), ExpressionWriter.FIRST);
    expressions.load(limit.address(), ExpressionWriter.BEHIND_INDEX);
    expressions.begin("dynset");
    writer.attributeString(1, limit.set());
    writer.attributeBe32(3, 0);
    writer.attributeBe32(4, ExpressionWriter.FIRST);
    int counter = writer.nest(7);
    writer.attributeString(1, "connlimit");
    int values = writer.nest(2);
    writer.attributeBe32(1, (int) limit.above());
    writer.attributeBe32(2, limit.negated() ? 0 : OVER);
    writer.endNest(values);
    writer.endNest(counter);
    expressions.end();
  }

  /** {@code struct xt_set_info_match_v1} of linux/netfilter/xt_set.h. */
  private void inIpSet(InIpSet condition) {
    int flags = condition.negated() ? 1 : 0;
    List<Boolean> source = condition.set().source();
    for (int i = 0; i < source.size(); i++) {
      flags |= source.get(i) ? 2 << i : 0;
    }
    ByteBuffer info = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    info.putShort((short) condition.index()).put((byte) source.size()).put((byte) flags);
    expressions.begin("match");
    writer.attributeString(1, "set");
    writer.attributeBe32(2, 1);
    writer.attributeBytes(3, info.array());
    expressions.end();
  }

  private void setMark(SetMark mark) {
    if (mark.keep() == 0) {
      expressions.begin("immediate");
      writer.attributeBe32(1, ExpressionWriter.FIRST);
      expressions.value(2, HostOrder.bytes(mark.set()));
      expressions.end();
    } else {
      expressions.load(Subjects.MARK, ExpressionWriter.FIRST);
      // As nft has it: what is set need not be kept first.
      expressions.bitwise(HostOrder.bytes(mark.keep() & ~mark.set()), HostOrder.bytes(mark.set()));
    }
    storeMark();
  }

  private void storeMark() {
    expressions.begin("meta");
    writer.attributeBe32(2, Subjects.MARK.offset());
    writer.attributeBe32(3, ExpressionWriter.FIRST);
    expressions.end();
  }
}
