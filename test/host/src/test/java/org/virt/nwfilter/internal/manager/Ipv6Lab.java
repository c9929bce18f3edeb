package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Endpoint;

/** A guest that learns IPv6 addresses alone, of which a server of DHCPv6 may give it one. */
abstract class Ipv6Lab extends LearningLab {
  static final String LONG6 = "2001:db8:0:0:0:0:0:9";
  static final String LONG_FOREIGN6 = "2001:db8:0:0:0:0:0:66";
  static final String CLIENT = "fe80::9";
  static final String SERVER = "fe80::1";
  static final String ALL_SERVERS = "ff02::1:2";
  static final int REQUEST6 = 3;
  static final int RENEW6 = 5;
  static final int REPLY6 = 7;
  static final int RELEASE6 = 8;

  /** One address: what a guest sends next would be learned, too, until all is in the kernel. */
  void begin6(String mode) throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6", "CTRL_IP_LEARNING", mode, "CTRL_IP_LIMIT", "1");
    bind(other, "allow-arp");
  }

  byte[] lie() {
    return NeighborFrames.advertisement(guest.mac(), FOREIGN6);
  }

  void onlyItsAddress6Passes() throws Exception {
    assertTrue(lab.leaves(guest, packet6(guest, ADDRESS6)), "honest packet");
    assertTrue(lab.leaves(guest, NeighborFrames.advertisement(guest.mac(), ADDRESS6)));
    assertFalse(lab.leaves(guest, packet6(guest, FOREIGN6)), "foreign packet");
    assertFalse(lab.leaves(guest, lie()), "foreign advertisement");
  }

  static byte[] option(int code, byte[] value) {
    ByteBuffer option = ByteBuffer.allocate(4 + value.length);
    return option.putShort((short) code).putShort((short) value.length).put(value).array();
  }

  static byte[] joined(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    Arrays.stream(parts).forEach(all::put);
    return all.array();
  }

  /** A message with the guest's identity and an address of an IA_NA. */
  byte[] message6(int type, int transaction, String address, byte... client) throws Exception {
    byte[] inner =
        ByteBuffer.allocate(24)
            .put(InetAddress.getByName(address).getAddress())
            .putInt(600)
            .putInt(600)
            .array();
    byte[] association = joined(new byte[12], option(5, inner));
    byte[] head = ByteBuffer.allocate(4).putInt(type << 24 | transaction).array();
    byte[] server = type == REPLY6 ? option(2, new byte[] {0, 3, 0, 1}) : new byte[0];
    return joined(head, option(1, client), server, option(3, association));
  }

  byte[] request6(int type, int transaction, String address) throws Exception {
    byte[] message = message6(type, transaction, address, (byte) 1, (byte) 2);
    return NeighborFrames.dhcp(guest.mac(), CLIENT, 546, ALL_SERVERS, 547, message);
  }

  /** A server's reply, to all, for it is sent to guests whose MAC address the bridge forgets. */
  byte[] reply6(Endpoint from, int transaction, String address) throws Exception {
    byte[] message = message6(REPLY6, transaction, address, (byte) 1, (byte) 2);
    return toGuest(NeighborFrames.dhcp(from.mac(), SERVER, 547, CLIENT, 546, message));
  }

  byte[] toGuest(byte[] frame) {
    System.arraycopy(guest.mac().bytes(), 0, frame, 0, 6);
    return frame;
  }

  void leases6() throws Exception {
    guest.send(request6(REQUEST6, 99, ADDRESS6));
    lab.uplink().send(reply6(lab.uplink(), 99, ADDRESS6));
    awaitEvent("LEARNED vnet0 " + LONG6);
    awaitBound(guest);
    assertFalse(events.contains("LEARNED vnet0 " + LONG_FOREIGN6), events::toString);
  }
}
