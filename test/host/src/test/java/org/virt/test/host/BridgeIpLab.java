package org.virt.test.host;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.spi.nwfilter.PortRef;
import org.virt.test.contract.IpLab;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Lab;

/** The lab's bridge, with an address, whose packets go through the hooks of IP. */
final class BridgeIpLab extends BridgeFrameLab implements IpLab {
  private static final MacAddress GUEST = MacAddress.parse("52:54:00:0a:00:01");
  private static final int HEADER = 14;
  private static final int PROTOCOL_AT = 9;
  private static final int ICMP = 1;

  BridgeIpLab(Foreign foreign, int group) throws Exception {
    super(foreign, group);
    // Errors about packets are few a second otherwise, whoever asked before (icmp(7)).
    Files.writeString(Path.of("/proc/sys/net/ipv4/icmp_ratelimit"), "0");
    lab.trackConnections(HOST + "/16");
  }

  @Override
  public boolean hostSends(PortRef to, String address, int fromPort, int toPort) throws Exception {
    lab.neighbour(address, GUEST);
    byte[] data = ("host " + fromPort + " " + toPort).getBytes(StandardCharsets.US_ASCII);
    InetAddress target = InetAddress.getByName(address);
    List<byte[]> frames =
        lab.received(endpoint(to), () -> sendFromHost(data, fromPort, target, toPort));
    return frames.stream().anyMatch(frame -> endsWith(frame, data));
  }

  private static void sendFromHost(byte[] data, int from, InetAddress target, int port)
      throws IOException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(HOST, from))) {
      socket.send(new DatagramPacket(data, data.length, target, port));
    }
  }

  private static boolean endsWith(byte[] frame, byte[] data) {
    return frame.length > data.length
        && Arrays.equals(frame, frame.length - data.length, frame.length, data, 0, data.length);
  }

  @Override
  public List<byte[]> answers(PortRef from, byte[] frame) throws Exception {
    byte[] source = Arrays.copyOfRange(frame, HEADER + 12, HEADER + 16);
    lab.neighbour(InetAddress.getByAddress(source).getHostAddress(), GUEST);
    Endpoint guest = endpoint(from);
    return lab.received(guest, () -> guest.send(frame)).stream()
        .filter(answer -> answer[HEADER - 2] == 8 && answer[HEADER - 1] == 0)
        .map(answer -> Arrays.copyOfRange(answer, HEADER, answer.length))
        .filter(packet -> packet[PROTOCOL_AT] == ICMP)
        .toList();
  }

  @Override
  public void makeIpSet(String name, List<String> addresses) throws Exception {
    Command.of("ipset", "create", name, "hash:ip").require();
    for (String address : addresses) {
      Command.of("ipset", "add", name, address).require();
    }
  }

  @Override
  public void deleteIpSet(String name) throws Exception {
    // The kernel lets go of what deleted rules had after a while.
    Lab.await("ipset " + name + " is deleted", () -> destroyed(name));
  }

  private static boolean destroyed(String name) {
    try {
      return Command.of("ipset", "destroy", name).run().ok();
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }
}
