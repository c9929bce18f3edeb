package org.virt.learnip.internal;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.learnip.internal.Watch.Want;

/**
 * Hears what guests of macvtaps send before rules judge it. A packet socket sees only what the
 * device's egress lets out; here rules of our own, before all others, have the kernel tell it by
 * nfnetlink_log. They go with this process, however it ends.
 */
final class GuestLog implements NetlinkSocket.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GuestLog.class);

  /** {@code NFNL_SUBSYS_ULOG}, and its messages. */
  private static final int SUBSYSTEM = 4;

  private static final int PACKET = 0;
  private static final int CONFIGURE = 1;

  private static final byte BIND = 1;
  private static final byte COPY_PACKET = 2;
  private static final int FAMILY_HEADER = 4;
  private static final int OUT_DEVICE = 5;
  private static final int PAYLOAD = 9;
  private static final int ETHERNET = 14;
  private static final int TYPE = 12;
  private static final int MAC = 6;

  private final Consumer<byte[]> frames;
  private final Map<Integer, Set<Want>> told = new HashMap<>();

  /** Devices that are not heard, which is said once. */
  private final Set<Integer> unheard = new HashSet<>();

  private volatile Set<Integer> heard = Set.of();
  private NetlinkSocket rules;
  private NetlinkSocket log;

  /**
   * Hears nothing yet.
   *
   * @param frames takes each frame as a capture of the device shows it, on the thread {@code
   *     virt-learnip-guests}
   */
  GuestLog(Consumer<byte[]> frames) {
    this.frames = frames;
  }

  /** Says whether this hears the guest behind a device, whatever its rules are. */
  boolean hears(int index) {
    return heard.contains(index);
  }

  /** Hears the guests of macvtaps from which more is wanted than rules surely let out. */
  synchronized void watch(List<Watch> watches) {
    Map<Integer, Watch> wanted =
        watches.stream()
            .filter(watch -> watch.guestBehind() && wantsMore(watch))
            .collect(Collectors.toMap(Watch::index, watch -> watch));
    for (int index : Set.copyOf(told.keySet())) {
      if (!wanted.containsKey(index)) {
        told.remove(index);
        // It is gone with its device as well.
        send(LogRules.without(index), NetlinkError.ENOENT);
      }
    }
    unheard.retainAll(wanted.keySet());
    wanted.values().forEach(this::tell);
    heard = Set.copyOf(told.keySet());
  }

  /** Hears one more guest, if it is one of a macvtap. */
  synchronized void add(Watch watch) {
    if (watch.guestBehind() && wantsMore(watch)) {
      tell(watch);
      heard = Set.copyOf(told.keySet());
    }
  }

  /** A DHCP client's requests reach their server or are of no use to anybody. */
  private static boolean wantsMore(Watch watch) {
    Set<Want> others = EnumSet.of(Want.ARP, Want.ND, Want.IPV4, Want.IPV6);
    others.retainAll(watch.wants());
    return !others.isEmpty();
  }

  private void tell(Watch watch) {
    if (watch.wants().equals(told.get(watch.index()))) {
      return;
    }
    Optional<String> refusal;
    try {
      open();
      refusal = send(LogRules.chain(watch, device(watch.index())), 0);
    } catch (VirtException e) {
      refusal = Optional.of(e.getMessage());
    }
    if (refusal.isEmpty()) {
      told.put(watch.index(), watch.wants());
      unheard.remove(watch.index());
    } else if (unheard.add(watch.index())) {
      LOG.warn(
          "hear the guest behind interface {}: {}; only what its rules let out teaches",
          watch.index(),
          refusal.get());
    }
  }

  private static String device(int index) throws VirtException {
    try (NetlinkLinks links = NetlinkLinks.open()) {
      return links
          .find(index)
          .map(Link::name)
          .orElseThrow(() -> new VirtException(ErrorCode.NO_INTERFACE, "it is gone"))
          .name();
    }
  }

  private void open() throws VirtException {
    if (log != null) {
      return;
    }
    rules = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    log = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      Optional<String> refusal = answer(rules.exchange(LogRules.table()), 0);
      if (refusal.isEmpty()) {
        refusal = answer(log.exchange(configuration()), 0);
      }
      if (refusal.isPresent()) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED, "have the kernel tell frames: " + refusal.get());
      }
    } catch (VirtException e) {
      close();
      throw e;
    }
    NetlinkSocket opened = log;
    Thread thread = new Thread(() -> listen(opened), "virt-learnip-guests");
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes the group, whole frames, each at once. */
  private static NetlinkWriter configuration() {
    NetlinkWriter writer = new NetlinkWriter(1, 256);
    configure(writer);
    writer.attributeBytes(1, new byte[] {BIND});
    writer.end();
    configure(writer);
    ByteBuffer mode = ByteBuffer.allocate(MAC).putInt(PcapCapture.SNAP_LENGTH).put(COPY_PACKET);
    writer.attributeBytes(2, mode.array());
    writer.attributeBe32(5, 1);
    writer.end();
    return writer;
  }

  private static void configure(NetlinkWriter writer) {
    writer.begin(SUBSYSTEM << Byte.SIZE | CONFIGURE, NetlinkWriter.REQUEST | NetlinkWriter.ACK);
    writer.u8(0);
    writer.u8(0);
    writer.be16(LogRules.GROUP);
  }

  private Optional<String> send(NetlinkWriter messages, int expected) {
    try {
      return answer(rules.exchange(messages), expected);
    } catch (VirtException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Optional<String> answer(Answer answer, int expected) {
    return answer.errors().stream()
        .filter(error -> error.errno() != expected)
        .findFirst()
        .map(NetlinkError::text);
  }

  private void listen(NetlinkSocket opened) {
    try {
      opened.listen(this);
    } catch (VirtException e) {
      LOG.warn("guests of macvtaps are heard no more: {}", e.getMessage());
      close();
    }
  }

  @Override
  public void heard(NetlinkMessage message) {
    if (message.type() != (SUBSYSTEM << Byte.SIZE | PACKET)) {
      return;
    }
    Attributes attributes = message.attributes(FAMILY_HEADER);
    // At the egress of a device a packet begins with its Ethernet header.
    byte[] frame = attributes.bytes(PAYLOAD);
    if (frame.length >= ETHERNET) {
      frames.accept(cooked(attributes.be32(OUT_DEVICE, 0), frame));
    }
  }

  /** Returns a frame that went out by a device as a capture shows it. */
  static byte[] cooked(int index, byte[] frame) {
    ByteBuffer cooked = ByteBuffer.allocate(CookedFrame.HEADER + frame.length - ETHERNET);
    cooked.put(frame, TYPE, Short.BYTES).putShort((short) 0).putInt(index);
    cooked.putShort((short) 1).put((byte) CookedFrame.OUTGOING).put((byte) MAC);
    cooked.put(frame, MAC, MAC).putShort((short) 0);
    cooked.put(frame, ETHERNET, frame.length - ETHERNET);
    return cooked.array();
  }

  @Override
  public void lost() {
    LOG.debug("frames of guests of macvtaps were lost");
  }

  @Override
  public synchronized void close() {
    told.clear();
    heard = Set.of();
    if (log != null) {
      log.close();
      log = null;
    }
    if (rules != null) {
      rules.close();
      rules = null;
    }
  }
}
