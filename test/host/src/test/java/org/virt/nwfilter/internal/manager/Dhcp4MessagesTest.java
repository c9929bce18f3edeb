package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/** DHCP messages of the server that are unsound: the sound one is believed after each of them. */
class Dhcp4MessagesTest extends LearningLab {
  private static final int MORE_FRAGMENTS = 0x2000;

  @Test
  void leaseOfNoTimeOrWithoutOne() throws Exception {
    begin();
    DhcpFrames.Message none = DhcpFrames.message(2, guest.mac(), DhcpFrames.ACK, XID);
    server(fromServer(none.address(16, FOREIGN).lease(0)));
    DhcpFrames.Message without = DhcpFrames.message(2, guest.mac(), DhcpFrames.ACK, XID);
    server(fromServer(without.address(16, FOREIGN)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void leaseOfAnAddressThatNoHostHas() throws Exception {
    Lab.ip("address add " + GATEWAY + "/24 dev br0");
    begin();
    List<String> nobodys =
        List.of("0.0.0.0", "127.0.0.1", "224.0.0.9", "240.0.0.1", "255.255.255.255", GATEWAY);
    for (String nobody : nobodys) {
      server(fromServer(answer(DhcpFrames.ACK, XID, nobody)));
    }
    acknowledges(XID, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
    for (String nobody : nobodys.subList(1, nobodys.size())) {
      assertFalse(lab.leaves(guest, packet(guest, nobody)), nobody);
    }
  }

  @Test
  void ackInFragments() throws Exception {
    begin();
    byte[] whole = forged(lab.uplink());
    byte[] packet = Arrays.copyOfRange(whole, 14, whole.length);
    for (int first : new int[] {8, 64, 256}) {
      server(fragment(packet, 0, first, MORE_FRAGMENTS));
      server(fragment(packet, first, packet.length - 20 - first, 0));
      // Overlapping: the same bytes once more, from the beginning.
      server(fragment(packet, 0, packet.length - 20, MORE_FRAGMENTS));
    }
    onlyTheServersAnswerCounts();
  }

  /** A part of a packet's payload as a fragment (RFC 791). */
  private byte[] fragment(byte[] packet, int from, int length, int flags) {
    byte[] part = Arrays.copyOfRange(packet, 20 + from, 20 + from + length);
    byte[] fragment = Frames.ipv4(17, GATEWAY, "255.255.255.255", part);
    fragment[6] = (byte) (flags >>> 8 | from / 8 >>> 8);
    fragment[7] = (byte) (from / 8);
    return Frames.ethernet(
        lab.uplink().mac(), Frames.BROADCAST, Frames.TYPE_IPV4, withChecksum(fragment));
  }

  private static byte[] withChecksum(byte[] packet) {
    packet[10] = 0;
    packet[11] = 0;
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += (packet[i] & 0xff) << 8 | packet[i + 1] & 0xff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    packet[10] = (byte) (~sum >>> 8);
    packet[11] = (byte) ~sum;
    return packet;
  }

  @Test
  void ackThatIsCutOrLongerThanItSays() throws Exception {
    begin();
    byte[] frame = forged(lab.uplink());
    server(Arrays.copyOf(frame, frame.length - 30));
    byte[] shortUdp = frame.clone();
    shortUdp[14 + 20 + 4] = 0;
    shortUdp[14 + 20 + 5] = 100;
    server(shortUdp);
    byte[] longUdp = frame.clone();
    longUdp[14 + 20 + 4] = 0x7f;
    server(longUdp);
    onlyTheServersAnswerCounts();
  }

  @Test
  void optionsThatRunPastTheMessage() throws Exception {
    begin();
    DhcpFrames.Message message = answer(DhcpFrames.ACK, XID, FOREIGN);
    server(fromServer(message.raw(12, 255, 'x')));
    onlyTheServersAnswerCounts();
  }

  @Test
  void optionsThatStandTwice() throws Exception {
    begin();
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN).lease(7200)));
    server(fromServer(answer(DhcpFrames.OFFER, XID, FOREIGN).option(53, DhcpFrames.ACK)));
    onlyTheServersAnswerCounts();
  }

  @Test
  void optionsThatOverloadHides() throws Exception {
    begin();
    // In file a second type: which of the two a client takes nobody knows.
    server(
        fromServer(
            answer(DhcpFrames.OFFER, XID, FOREIGN)
                .option(52, 1)
                .put(108, 53, 1, DhcpFrames.ACK, 255)));
    server(fromServer(answer(DhcpFrames.ACK, XID, FOREIGN).option(52, 3).put(44, 51, 200)));
    onlyTheServersAnswerCounts();
  }
}
