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
    ByteBuffer message = message(1, client, type, transaction);
    message.put((byte) 50).put((byte) 4).put(address(requested)).put((byte) 255);
    return Frames.udp(
        client, Frames.BROADCAST, "0.0.0.0", 68, "255.255.255.255", 67, message.array());
  }

  /** A server's message with a lease of an hour, broadcast. */
  public static byte[] fromServer(
      MacAddress source, MacAddress client, int type, int transaction, String given) {
    return fromServer(source, client, type, transaction, given, 3600);
  }

  /** A server's message with a lease of some seconds, broadcast. */
  public static byte[] fromServer(
      MacAddress source, MacAddress client, int type, int transaction, String given, int seconds) {
    ByteBuffer message = message(2, client, type, transaction);
    message.put(16, address(given));
    message.put((byte) 51).put((byte) 4).putInt(seconds);
    message.put((byte) 54).put((byte) 4).put(address("192.0.2.1")).put((byte) 255);
    return Frames.udp(
        source, Frames.BROADCAST, "192.0.2.1", 67, "255.255.255.255", 68, message.array());
  }

  private static ByteBuffer message(int operation, MacAddress client, int type, int transaction) {
    ByteBuffer message = ByteBuffer.allocate(LENGTH);
    message.put((byte) operation).put((byte) 1).put((byte) 6).put((byte) 0).putInt(transaction);
    message.put(28, client.bytes()).putInt(236, COOKIE).position(OPTIONS);
    return message.put((byte) 53).put((byte) 1).put((byte) type);
  }

  private static byte[] address(String text) {
    StringBuilder hex = new StringBuilder();
    for (String part : text.split("\\.")) {
      hex.append(HexFormat.of().toHexDigits((byte) Integer.parseInt(part)));
    }
    return HexFormat.of().parseHex(hex);
  }
}
