package org.virt.test.host;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.virt.api.MacAddress;
import org.virt.test.host.lab.Frames;

/** Builds DHCP messages (RFC 2131) as a client, a server and a forger send them. */
public final class DhcpFrames {
  public static final int OFFER = 2;
  public static final int REQUEST = 3;
  public static final int ACK = 5;

  private static final int LENGTH = 300;
  private static final int OPTIONS = 240;
  private static final int COOKIE = 0x63825363;

  private DhcpFrames() {}

  /** A client's message, broadcast. */
  public static byte[] fromClient(MacAddress client, int type, int transaction, String requested) {
    return message(1, client, type, transaction).option(50, requested).fromClient(client);
  }

  /** A server's message with a lease of an hour, broadcast. */
  public static byte[] fromServer(
      MacAddress source, MacAddress client, int type, int transaction, String given) {
    return fromServer(source, client, type, transaction, given, 3600);
  }

  /** A server's message with a lease of some seconds, broadcast. */
  public static byte[] fromServer(
      MacAddress source, MacAddress client, int type, int transaction, String given, int seconds) {
    return message(2, client, type, transaction)
        .address(16, given)
        .lease(seconds)
        .option(54, "192.0.2.1")
        .fromServer(source, "192.0.2.1");
  }

  /** A message to be put together option by option; of a client (1) or a server (2). */
  public static Message message(int operation, MacAddress client, int type, int transaction) {
    return new Message(operation, client).u32(4, transaction).option(53, type);
  }

  /** A DHCP message: its fixed fields, and options in the order in which they are added. */
  public static final class Message {
    private final ByteBuffer bytes = ByteBuffer.allocate(LENGTH);

    private Message(int operation, MacAddress client) {
      bytes.put((byte) operation).put((byte) 1).put((byte) 6);
      bytes.put(28, client.bytes()).putInt(236, COOKIE).position(OPTIONS);
    }

    /** Sets four bytes of the fixed fields. */
    public Message u32(int at, int value) {
      bytes.putInt(at, value);
      return this;
    }

    /** Sets an address of the fixed fields: 12 ciaddr, 16 yiaddr, 24 giaddr. */
    public Message address(int at, String address) {
      bytes.put(at, DhcpFrames.address(address));
      return this;
    }

    /** Adds an option of some bytes. */
    public Message option(int code, int... value) {
      bytes.put((byte) code).put((byte) value.length);
      return raw(value);
    }

    /** Adds an option that is an address. */
    public Message option(int code, String address) {
      bytes.put((byte) code).put((byte) 4).put(DhcpFrames.address(address));
      return this;
    }

    /** Adds a lease time. */
    public Message lease(int seconds) {
      bytes.put((byte) 51).put((byte) 4).putInt(seconds);
      return this;
    }

    /** Adds bytes as they are. */
    public Message raw(int... value) {
      for (int one : value) {
        bytes.put((byte) one);
      }
      return this;
    }

    /** Sets bytes of the fixed fields. */
    public Message put(int at, int... value) {
      for (int i = 0; i < value.length; i++) {
        bytes.put(at + i, (byte) value[i]);
      }
      return this;
    }

    /** Returns the message, ended where there is room. */
    public byte[] done() {
      ByteBuffer copy = bytes.duplicate();
      if (copy.hasRemaining()) {
        copy.put((byte) 255);
      }
      return bytes.array();
    }

    /** Returns it in a packet of a server's, to everybody. */
    public byte[] fromServer(MacAddress source, String server) {
      return Frames.udp(source, Frames.BROADCAST, server, 67, "255.255.255.255", 68, done());
    }

    /** Returns it in a packet of a client's, to everybody. */
    public byte[] fromClient(MacAddress source) {
      return Frames.udp(source, Frames.BROADCAST, "0.0.0.0", 68, "255.255.255.255", 67, done());
    }
  }

  private static byte[] address(String text) {
    StringBuilder hex = new StringBuilder();
    for (String part : text.split("\\.")) {
      hex.append(HexFormat.of().toHexDigits((byte) Integer.parseInt(part)));
    }
    return HexFormat.of().parseHex(hex);
  }
}
