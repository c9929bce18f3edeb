package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.Member;

/**
 * What the kernel can do, found out by asking for it: one batch whose last message cannot succeed,
 * so nothing of it stays. The kernel reports each message that it refuses.
 *
 * @param refusal why the rules cannot be enforced at all; absent when they can
 * @param owned whether a table can be kept from others and outlive its owner
 * @param conntrack whether bridged connections are tracked
 * @param reject whether bridged packets can be refused with an answer
 * @param direct whether there are rules for what leaves by a device
 */
record Probe(
    Optional<String> refusal, boolean owned, boolean conntrack, boolean reject, boolean direct) {
  private static final String TABLE = "org_virt_probe";
  private static final String OWNED_TABLE = "org_virt_probe_owned";
  private static final String ABSENT_TABLE = "org_virt_probe_absent";
  private static final int CAPACITY = 4096;
  private static final int CT_STATE = 0;

  /** Asks the kernel. */
  static Probe run() {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
      return run(socket);
    } catch (VirtException e) {
      return new Probe(Optional.of(e.getMessage()), false, false, false, false);
    }
  }

  private static Probe run(NetlinkSocket socket) throws VirtException {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    Batch batch = new Batch(writer, TABLE);
    batch.beginBatch();
    basics(batch);
    int basics = writer.lastSequence();
    new Batch(writer, OWNED_TABLE).newTable(Batch.OWNER | Batch.PERSIST, 0);
    int owned = writer.lastSequence();
    int conntrack =
        expression(
            batch,
            "ct",
            () -> {
              writer.attributeBe32(1, 1);
              writer.attributeBe32(2, CT_STATE);
            });
    int reject =
        expression(
            batch,
            "reject",
            () -> {
              writer.attributeBe32(1, 0);
              writer.attributeU8(2, 0);
            });
    int direct = direct(batch.of(Batch.NETDEV));
    new Batch(writer, ABSENT_TABLE).deleteTable(NetlinkWriter.ACK);
    int end = writer.lastSequence();
    batch.endBatch();
    Answer answer = socket.exchange(writer);
    Optional<String> refusal =
        answer.errors().stream()
            .filter(error -> error.sequence() <= basics)
            .findFirst()
            .map(NetlinkError::text);
    if (refusal.isEmpty() && answer.errors().stream().noneMatch(error -> error.sequence() == end)) {
      refusal = Optional.of("the kernel stopped before the end of the batch");
    }
    return new Probe(
        refusal,
        works(answer, owned),
        works(answer, conntrack),
        works(answer, reject),
        answer.errors().stream().noneMatch(e -> e.sequence() > reject && e.sequence() <= direct));
  }

  /** Every network namespace has the loopback device. */
  private static int direct(Batch batch) {
    batch.newTable(0, 0);
    batch.deviceChain(
        new Layout.Base("egress", DirectLayout.EGRESS, Layout.PRIORITY, List.of()), "lo");
    return batch.writer().lastSequence();
  }

  private static void basics(Batch batch) {
    batch.newTable(0, 0);
    batch.sets(Layout.SETS);
    batch.sets(Layout.OTHER_SETS);
    batch.tableWithChains(0, Layout.CHAINS);
    for (Layout.Gate gate : Layout.GATES) {
      new Batch(batch.writer(), TABLE, gate.family()).tableWithChains(0, gate.chains());
    }
    Subject source = Subject.of("ip saddr", Subject.Base.NETWORK, 12, 4, Subject.Style.ADDRESS);
    byte[] some = new byte[] {10, 0, 0, 1};
    byte[] other = new byte[] {10, 0, 0, 9};
    List<Condition> conditions =
        List.of(
            new Member(Subjects.IN_INDEX, source, Layout.ADDRESSES4, false),
            new Compare(source, new byte[0], true, some, other),
            Compare.is(Subjects.IPV6_PROTOCOL, 1));
    batch.newRule(Layout.CHAINS.get(0).name(), new Code.Rule(conditions, Verdict.DROP, "probe"));
  }

  private static int expression(Batch batch, String name, Runnable attributes) {
    batch.newRule(Layout.CHAINS.get(0).name(), name, attributes);
    return batch.writer().lastSequence();
  }

  private static boolean works(Answer answer, int sequence) {
    return answer.errors().stream()
        .noneMatch(error -> error.sequence() == sequence || error.sequence() < 2);
  }
}
