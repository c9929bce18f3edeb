package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/** Attacks by DHCPv6; what the server honestly gives is believed after each of them. */
class Dhcp6AttacksTest extends Ipv6Lab {
  private static final int ADVERTISE6 = 2;
  private static final int RECONFIGURE6 = 10;

  /** The network's server sends a message to the guest. */
  private void answers(byte[] message) throws Exception {
    lab.uplink()
        .send(toGuest(NeighborFrames.dhcp(lab.uplink().mac(), SERVER, 547, CLIENT, 546, message)));
  }

  @Test
  void repliesThatNoServerOfTheNetworkSends() throws Exception {
    begin6("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    other.send(reply6(other, 7, FOREIGN6));
    other.send(reply6(lab.uplink(), 7, FOREIGN6));
    guest.send(reply6(guest, 7, FOREIGN6));
    other.send(Frames.tagged(reply6(other, 7, FOREIGN6), 7));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void repliesToOthersRequests() throws Exception {
    begin6("dhcp");
    lab.uplink().send(reply6(lab.uplink(), 7, FOREIGN6));
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    lab.uplink().send(reply6(lab.uplink(), 8, FOREIGN6));
    answers(message6(REPLY6, 7, FOREIGN6, (byte) 9));
    answers(message6(ADVERTISE6, 7, FOREIGN6, (byte) 1, (byte) 2));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void serverThatIsNotGiven6() throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6", "CTRL_IP_LEARNING", "dhcp", "DHCPSERVERV6", SERVER);
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    byte[] reply = message6(REPLY6, 7, FOREIGN6, (byte) 1, (byte) 2);
    lab.uplink()
        .send(toGuest(NeighborFrames.dhcp(lab.uplink().mac(), "fe80::2", 547, CLIENT, 546, reply)));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void messagesThatAreUnsound6() throws Exception {
    begin6("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    byte[] sound = message6(REPLY6, 7, FOREIGN6, (byte) 1, (byte) 2);
    byte[] past = sound.clone();
    past[past.length - 24 - 1] = 127;
    byte[] twice = joined(sound, option(1, new byte[] {1, 2}));
    for (byte[] message :
        List.of(past, twice, Arrays.copyOf(sound, sound.length - 3), Arrays.copyOf(sound, 5))) {
      answers(message);
    }
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void replyBehindExtensionHeadersOrInAFragment() throws Exception {
    begin6("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    byte[] plain = reply6(lab.uplink(), 7, FOREIGN6);
    for (int header : new int[] {0, 44, 60}) {
      ByteBuffer hidden = ByteBuffer.allocate(plain.length + 8);
      hidden.put(plain, 0, 54).put((byte) 17).put((byte) 0);
      hidden.putShort((short) (header == 44 ? 1 : 0x0104)).putInt(0);
      byte[] frame = hidden.put(plain, 54, plain.length - 54).array();
      frame[14 + 6] = (byte) header;
      ByteBuffer.wrap(frame).putShort(14 + 4, (short) (frame.length - 54));
      lab.uplink().send(frame);
    }
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void useAfterRelease6() throws Exception {
    begin6("dhcp");
    leases6();
    guest.send(request6(RELEASE6, 9, ADDRESS6));
    awaitEvent("EXPIRED vnet0 " + LONG6);
    Lab.await("it learns again", () -> learning(guest).name().equals("LEARNING"));
    for (int i = 0; i < 5; i++) {
      guest.send(NeighborFrames.advertisement(guest.mac(), ADDRESS6));
      assertFalse(lab.leaves(guest, packet6(guest, ADDRESS6)));
    }
    leases6();
    awaitBound(guest);
    onlyItsAddress6Passes();
  }

  @Test
  void prefixesAndReconfigureGiveNoAddress() throws Exception {
    begin6("dhcp");
    guest.send(request6(REQUEST6, 7, ADDRESS6));
    answers(message6(RECONFIGURE6, 7, FOREIGN6, (byte) 1, (byte) 2));
    answers(message6(RECONFIGURE6, 0, FOREIGN6, (byte) 1, (byte) 2));
    byte[] prefix =
        ByteBuffer.allocate(25)
            .putInt(600)
            .putInt(600)
            .put((byte) 128)
            .put(InetAddress.getByName(FOREIGN6).getAddress())
            .array();
    byte[] head = ByteBuffer.allocate(4).putInt(REPLY6 << 24 | 7).array();
    byte[] server = option(2, new byte[] {0, 3, 0, 1});
    byte[] delegation = option(25, joined(new byte[12], option(26, prefix)));
    answers(joined(head, option(1, new byte[] {1, 2}), server, delegation));
    leases6();
    onlyItsAddress6Passes();
  }

  @Test
  void answerOfAnotherGuestToATransactionThatIsAnswered() throws Exception {
    begin6("dhcp");
    leases6();
    other.send(reply6(other, 99, FOREIGN6));
    other.send(reply6(lab.uplink(), 99, FOREIGN6));
    guest.send(reply6(guest, 99, FOREIGN6));
    guest.send(request6(RENEW6, 98, ADDRESS6));
    lab.uplink().send(reply6(lab.uplink(), 98, ADDRESS6));
    awaitEvent("RENEWED vnet0 " + LONG6);
    assertFalse(events.contains("LEARNED vnet0 " + LONG_FOREIGN6), events::toString);
    onlyItsAddress6Passes();
  }
}
