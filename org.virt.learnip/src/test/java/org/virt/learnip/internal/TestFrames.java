package org.virt.learnip.internal;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.virt.api.MacAddress;

/** Builds frames as the capture shows them. */
final class TestFrames {
  static final int PORT = 7;
  static final MacAddress GUEST = MacAddress.parse("52:54:00:00:00:01");
  static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:02");
  static final MacAddress SERVER = MacAddress.parse("52:54:00:00:00:fe");
  static final String SERVER_ADDRESS = "192.0.2.1";

  /** An interface where servers are. */
  static final int UPLINK = 2;

  static final int BRIDGE = 3;

  /** A device that macvtaps are on. */
  static final int DEVICE = 4;

  private TestFrames() {}

  static int address(String text) {
    try {
      return Bytes.s32(InetAddress.getByName(text).getAddress(), 0);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** A frame that was received on the port: the guest sent it. */
  static byte[] fromGuest(MacAddress source, int type, byte[] payload) {
    return cooked(PORT, 0, source, type, payload);
  }

  /** A frame that the host sent out of the port: towards the guest. */
  static byte[] toGuest(MacAddress source, int type, byte[] payload) {
    return cooked(PORT, CookedFrame.OUTGOING, source, type, payload);
  }

  static byte[] cooked(int index, int packetType, MacAddress source, int type, byte[] payload) {
    Writer writer = new Writer().u16(type).u16(0).u32(index).u16(1).u8(packetType).u8(6);
    return writer.raw(source.bytes()).u16(0).raw(payload).done();
  }

  static byte[] arp(int operation, MacAddress sender, String senderAddress, String target) {
    Writer writer = new Writer().u16(1).u16(CookedFrame.IPV4).u8(6).u8(4).u16(operation);
    return writer
        .raw(sender.bytes())
        .address(senderAddress)
        .raw(new byte[6])
        .address(target)
        .done();
  }

  static byte[] tag(int type, byte[] payload) {
    return new Writer().u16(42).u16(type).raw(payload).done();
  }

  static byte[] ipv4(String source, String destination, int protocol, byte[] payload) {
    Writer writer = new Writer().u8(0x45).u8(0).u16(20 + payload.length).u16(1).u16(0);
    writer.u8(64).u8(protocol).u16(0).address(source).address(destination);
    return writer.raw(payload).done();
  }

  static byte[] udp(int source, int destination, byte[] payload) {
    Writer writer = new Writer().u16(source).u16(destination).u16(8 + payload.length).u16(0);
    return writer.raw(payload).done();
  }

  static byte[] fromClient(byte[] dhcp) {
    return ipv4("0.0.0.0", "255.255.255.255", DhcpDatagram.UDP, udp(68, 67, dhcp));
  }

  static byte[] fromServer(byte[] dhcp) {
    return ipv4(SERVER_ADDRESS, "255.255.255.255", DhcpDatagram.UDP, udp(67, 68, dhcp));
  }

  static Dhcp dhcp(int operation, DhcpType type) {
    return new Dhcp(operation, type);
  }

  static Dhcp discover() {
    return dhcp(1, DhcpType.DISCOVER);
  }

  static Dhcp request(String address) {
    return dhcp(1, DhcpType.REQUEST).option(50, address);
  }

  static Dhcp ack(String address, long lease) {
    Dhcp ack = dhcp(2, DhcpType.ACK).yourAddress(address).option(54, SERVER_ADDRESS);
    return lease < 0 ? ack : ack.option(51, new Writer().u32((int) lease).done());
  }

  /** A DHCP message of {@link #GUEST} with the transaction 0x01020304, to be changed at will. */
  static final class Dhcp {
    final byte[] fixed = new byte[DhcpMessage.MIN_LENGTH];
    private final Writer options = new Writer();
    private boolean end = true;

    private Dhcp(int operation, DhcpType type) {
      fixed[0] = (byte) operation;
      fixed[1] = 1;
      fixed[2] = 6;
      put(4, new byte[] {1, 2, 3, 4});
      put(28, GUEST.bytes());
      put(236, new byte[] {0x63, (byte) 0x82, 0x53, 0x63});
      if (type != null) {
        option(53, (byte) (type.ordinal() + 1));
      }
    }

    Dhcp put(int at, byte... bytes) {
      System.arraycopy(bytes, 0, fixed, at, bytes.length);
      return this;
    }

    Dhcp transaction(int transaction) {
      return put(4, new Writer().u32(transaction).done());
    }

    Dhcp clientAddress(String address) {
      return put(12, new Writer().address(address).done());
    }

    Dhcp yourAddress(String address) {
      return put(16, new Writer().address(address).done());
    }

    Dhcp relay(String address) {
      return put(24, new Writer().address(address).done());
    }

    Dhcp client(MacAddress mac) {
      return put(28, mac.bytes());
    }

    Dhcp option(int code, byte... value) {
      options.u8(code).u8(value.length).raw(value);
      return this;
    }

    Dhcp option(int code, String address) {
      return option(code, new Writer().address(address).done());
    }

    Dhcp raw(int... bytes) {
      Arrays.stream(bytes).forEach(options::u8);
      return this;
    }

    Dhcp withoutEnd() {
      end = false;
      return this;
    }

    byte[] done() {
      Writer writer = new Writer().raw(fixed).raw(options.done());
      return end ? writer.u8(255).done() : writer.done();
    }
  }

  /** Writes numbers in network order. */
  static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Writer u8(int value) {
      bytes.write(value);
      return this;
    }

    Writer u16(int value) {
      return u8(value >>> 8).u8(value);
    }

    Writer u32(int value) {
      return u16(value >>> 16).u16(value);
    }

    Writer raw(byte[] value) {
      bytes.writeBytes(value);
      return this;
    }

    Writer address(String text) {
      return u32(TestFrames.address(text));
    }

    byte[] done() {
      return bytes.toByteArray();
    }
  }
}
