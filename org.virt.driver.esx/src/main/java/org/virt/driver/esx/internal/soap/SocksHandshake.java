package org.virt.driver.esx.internal.soap;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Asks a SOCKS proxy for a connection: version 4, 4a and 5 (RFC 1928), without authentication. */
final class SocksHandshake {
  private static final int CONNECT = 1;
  private static final int GRANTED_4 = 90;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;
  private static final List<String> REASONS =
      List.of(
          "",
          "general failure",
          "not allowed by its rules",
          "network unreachable",
          "host unreachable",
          "connection refused",
          "time to live exceeded",
          "command not supported",
          "kind of address not supported");

  private final DataInputStream in;
  private final DataOutputStream out;
  private final String host;
  private final int port;

  /**
   * Makes one.
   *
   * @param proxy a connection to the proxy, on which nothing has been said
   * @param host where to; a name or an address, of IPv6 without brackets
   */
  SocksHandshake(Socket proxy, String host, int port) throws IOException {
    this.in = new DataInputStream(proxy.getInputStream());
    this.out = new DataOutputStream(proxy.getOutputStream());
    this.host = host;
    this.port = port;
  }

  /** Asks; what follows on the connection is from and to the host. */
  void ask(Proxy.Type type) throws IOException {
    switch (type) {
      case SOCKS4 -> version4(Optional.of(ipv4()));
      case SOCKS4A -> version4(Optional.empty());
      default -> version5();
    }
  }

  private InetAddress ipv4() throws IOException {
    return Arrays.stream(InetAddress.getAllByName(host))
        .filter(address -> address instanceof Inet4Address)
        .findFirst()
        .orElseThrow(() -> new IOException("SOCKS 4 has no IPv6, and " + host + " no IPv4"));
  }

  private void version4(Optional<InetAddress> address) throws IOException {
    out.writeByte(4);
    out.writeByte(CONNECT);
    out.writeShort(port);
    // An address that cannot be says that a name follows.
    out.write(address.isPresent() ? address.get().getAddress() : new byte[] {0, 0, 0, 1});
    out.writeByte(0);
    if (address.isEmpty()) {
      out.write(host.getBytes(StandardCharsets.UTF_8));
      out.writeByte(0);
    }
    out.flush();
    in.readByte();
    int code = in.readUnsignedByte();
    in.readFully(new byte[6]);
    if (code != GRANTED_4) {
      throw new IOException("the SOCKS proxy refused (" + code + ")");
    }
  }

  private void version5() throws IOException {
    // One method: no authentication.
    out.write(new byte[] {5, 1, 0});
    out.flush();
    in.readByte();
    int method = in.readUnsignedByte();
    if (method != 0) {
      throw new IOException("the SOCKS proxy wants authentication, which is not supported");
    }
    out.write(new byte[] {5, CONNECT, 0});
    destination();
    out.writeShort(port);
    out.flush();
    in.readByte();
    int code = in.readUnsignedByte();
    in.readByte();
    int kind = in.readUnsignedByte();
    if (code != 0) {
      String reason = code < REASONS.size() ? REASONS.get(code) : "code " + code;
      throw new IOException("the SOCKS proxy refused: " + reason);
    }
    int length = kind == IPV4 ? 4 : kind == IPV6 ? 16 : in.readUnsignedByte();
    in.readFully(new byte[length + 2]);
  }

  /** A name is resolved here, or by the proxy where that fails. */
  private void destination() throws IOException {
    try {
      byte[] address = InetAddress.getByName(host).getAddress();
      out.writeByte(address.length == 4 ? IPV4 : IPV6);
      out.write(address);
    } catch (UnknownHostException e) {
      byte[] name = host.getBytes(StandardCharsets.UTF_8);
      out.writeByte(NAME);
      out.writeByte(name.length);
      out.write(name);
    }
  }
}
