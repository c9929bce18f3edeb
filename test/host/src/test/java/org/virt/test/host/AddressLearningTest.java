package org.virt.test.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.learnip.internal.PcapCheck;
import org.virt.learnip.internal.PcapLearner;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.PortRef;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** The learner on real ports: a real DHCP server and client, and frames that lie. */
@PrivateNetwork
class AddressLearningTest {
  private static final String GATEWAY = "192.0.2.1";
  private static final String ADDRESS = "192.0.2.9";
  private static final String FORGED = "192.0.2.66";
  private static final MacAddress NONE = new MacAddress(0);

  private final PcapLearner learner = new PcapLearner();
  private final Learned learned = new Learned();
  private final List<Process> processes = new ArrayList<>();
  @TempDir private Path folder;
  private Lab lab;
  private Endpoint guest;

  @BeforeEach
  void open() throws VirtException, IOException {
    for (Finding finding : new PcapCheck().check()) {
      assumeTrue(finding.result() == Result.PASS, () -> finding.what() + ": " + finding.remedy());
    }
    lab = Lab.open();
    guest = lab.plug("vnet0");
  }

  @AfterEach
  void close() throws VirtException, InterruptedException {
    learner.deactivate();
    for (Process process : processes) {
      process.destroy();
      process.waitFor(10, TimeUnit.SECONDS);
    }
    if (lab != null) {
      lab.close();
    }
  }

  private Subscription learn(Endpoint endpoint, Mode mode) throws VirtException {
    return learn(endpoint.port(), Optional.empty(), mode);
  }

  private Subscription learn(PortRef port, Optional<PortId> linkDevice, Mode mode)
      throws VirtException {
    return learner.learn(request(port, linkDevice, mode), learned);
  }

  private static LearnRequest request(PortRef port, Optional<PortId> linkDevice, Mode mode) {
    LearnTerms terms =
        new LearnTerms(
            Map.of(Family.IPV4, mode == Mode.ANY ? 1 : LearnTerms.LIMIT4),
            Set.of(),
            Set.of(),
            Map.of(),
            Guest.CLIENT);
    return new LearnRequest(port, linkDevice, mode, terms);
  }

  private static byte[] arp(MacAddress sender, String address) {
    return Frames.arp(1, sender, address, NONE, GATEWAY);
  }

  private Process start(Endpoint where, String... command) throws IOException {
    Process process =
        new ProcessBuilder(where.command(command).arguments())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    processes.add(process);
    return process;
  }

  private void startServer() throws IOException, VirtException {
    Endpoint uplink = lab.uplink();
    uplink.command("ip", "address", "add", GATEWAY + "/24", "dev", "eth0").require();
    start(
        uplink,
        "dnsmasq",
        "--no-daemon",
        "--conf-file=/dev/null",
        "--port=0",
        "--no-ping",
        "--user=root",
        "--interface=eth0",
        "--dhcp-authoritative",
        "--dhcp-range=192.0.2.100,192.0.2.100,2m",
        "--dhcp-leasefile=" + folder.resolve("leases"));
    Lab.await("dnsmasq listens", () -> listens(uplink));
  }

  private static boolean listens(Endpoint server) {
    try {
      return server.command("cat", "/proc/net/udp").require().contains(":0043 ");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client that sets the address it was given. */
  private void startClient() throws IOException {
    Path script = folder.resolve("bound");
    Files.writeString(
        script, "#!/bin/sh\n[ \"$1\" = bound ] && ip address add $ip/24 dev $interface\nexit 0\n");
    assumeTrue(script.toFile().setExecutable(true));
    start(guest, "busybox", "udhcpc", "-f", "-R", "-i", "eth0", "-s", script.toString());
  }

  private static void assumeTool(String name) {
    boolean there =
        List.of("/usr/sbin", "/usr/bin", "/bin", "/sbin").stream()
            .anyMatch(path -> Files.isExecutable(Path.of(path, name)));
    assumeTrue(there, name + " is not installed");
  }

  @Test
  void learnsAndReleasesTheLeaseOfARealServer() throws Exception {
    assumeTool("dnsmasq");
    assumeTool("busybox");
    startServer();
    learn(guest, Mode.DHCP);
    startClient();
    learned.await("+192.0.2.100 DHCP 120s");
    Lab.await("the client has set its address", () -> hasAddress("192.0.2.100"));
    processes.get(1).destroy();
    learned.await("+192.0.2.100 DHCP 120s", "-192.0.2.100");
  }

  private boolean hasAddress(String address) {
    try {
      return guest
          .command("ip", "address", "show", "dev", "eth0")
          .require()
          .contains(address + "/");
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void learnsAStaticAddressFromTheKernelsOwnArp() throws Exception {
    learn(guest, Mode.ANY);
    guest.command("ip", "address", "add", ADDRESS + "/24", "dev", "eth0").require();
    guest.command("ping", "-c", "1", "-W", "1", GATEWAY).run();
    learned.await("+192.0.2.9 ARP");
  }

  @Test
  void learnsFromTheFirstPacket() throws Exception {
    learn(guest, Mode.ANY);
    guest.send(Frames.udp(guest.mac(), lab.uplink().mac(), ADDRESS, GATEWAY));
    learned.await("+192.0.2.9 IP");
  }

  @Test
  void learnsThroughOneTagAndNotThroughTwo() throws Exception {
    learn(guest, Mode.ANY);
    byte[] single = Frames.tagged(arp(guest.mac(), ADDRESS), 7);
    guest.send(Frames.tagged(Frames.tagged(arp(guest.mac(), FORGED), 7), 0x88a8, 9));
    guest.send(Frames.tagged(Frames.tagged(arp(guest.mac(), FORGED), 7), 9));
    guest.send(single);
    learned.await("+192.0.2.9 ARP");
  }

  @Test
  void learnsNothingFromFramesThatLie() throws Exception {
    Endpoint other = lab.plug("vnet1");
    MacAddress self = guest.mac();
    learn(guest, Mode.ANY);
    guest.send(arp(other.mac(), FORGED));
    guest.send(Frames.arp(Frames.TYPE_ARP, other.mac(), 1, self, FORGED, NONE, GATEWAY));
    guest.send(Frames.arp(Frames.TYPE_ARP, self, 1, other.mac(), FORGED, NONE, GATEWAY));
    guest.send(Frames.arp(1, self, "0.0.0.0", NONE, FORGED));
    guest.send(Frames.arp(Frames.TYPE_RARP, self, 3, self, FORGED, NONE, FORGED));
    guest.send(Frames.udp(other.mac(), Frames.BROADCAST, FORGED, GATEWAY));
    guest.send(Frames.udp(self, Frames.BROADCAST, "0.0.0.0", GATEWAY));
    guest.send(Frames.udp(self, Frames.BROADCAST, "224.0.0.9", GATEWAY));
    other.send(arp(self, FORGED));
    other.send(Frames.arp(2, other.mac(), FORGED, self, FORGED));
    lab.uplink().send(Frames.udp(self, Frames.BROADCAST, FORGED, GATEWAY));
    guest.send(arp(self, ADDRESS));
    learned.await("+192.0.2.9 ARP");
  }

  @Test
  void believesNoForgedAck() throws Exception {
    Endpoint other = lab.plug("vnet1");
    MacAddress self = guest.mac();
    learn(guest, Mode.DHCP);
    other.send(DhcpFrames.fromServer(other.mac(), self, DhcpFrames.ACK, 7, FORGED));
    guest.send(DhcpFrames.fromClient(self, DhcpFrames.REQUEST, 7, ADDRESS));
    guest.send(DhcpFrames.fromServer(self, self, DhcpFrames.ACK, 7, FORGED));
    guest.send(DhcpFrames.fromServer(other.mac(), self, DhcpFrames.ACK, 7, FORGED));
    other.send(DhcpFrames.fromServer(self, self, DhcpFrames.ACK, 7, FORGED));
    other.send(DhcpFrames.fromServer(other.mac(), self, DhcpFrames.ACK, 8, FORGED));
    other.send(DhcpFrames.fromServer(other.mac(), other.mac(), DhcpFrames.ACK, 7, FORGED));
    other.send(DhcpFrames.fromServer(other.mac(), self, DhcpFrames.OFFER, 7, FORGED));
    lab.uplink().send(DhcpFrames.fromServer(lab.uplink().mac(), self, DhcpFrames.ACK, 7, ADDRESS));
    learned.await("+192.0.2.9 DHCP 3600s");
  }

  @Test
  void losesNoFrameWhilePortsComeAndGo() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    Thread churn = new Thread(() -> comeAndGo(enough), "churn");
    churn.start();
    try {
      for (int i = 0; i < 300; i++) {
        Learned each = new Learned();
        LearnRequest request = request(guest.port(), Optional.empty(), Mode.ANY);
        try (Subscription subscription = learner.learn(request, each)) {
          guest.send(arp(guest.mac(), ADDRESS));
          each.await("+192.0.2.9 ARP");
        }
      }
    } finally {
      enough.set(true);
      churn.join();
    }
  }

  private void comeAndGo(AtomicBoolean enough) {
    MacAddress mac = MacAddress.parse("52:54:00:ff:ff:ff");
    for (int i = 0; !enough.get(); i++) {
      PortRef port = new PortRef(new PortId("none" + i % 100), 1_000_000 + i % 100, mac);
      try {
        learn(port, Optional.empty(), Mode.ANY).close();
      } catch (VirtException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void findsOnePortAmongAThousand() throws Exception {
    MacAddress mac = MacAddress.parse("52:54:00:ff:ff:ff");
    for (int i = 0; i < 1000; i++) {
      learn(new PortRef(new PortId("none" + i), 1_000 + i * 3, mac), Optional.empty(), Mode.ANY);
    }
    learn(guest, Mode.ANY);
    guest.send(arp(guest.mac(), ADDRESS));
    learned.await("+192.0.2.9 ARP");
  }

  @Test
  void goesOnWhenAnInterfaceVanishes() throws Exception {
    Endpoint other = lab.plug("vnet1");
    learn(other, Mode.ANY);
    learn(guest, Mode.ANY);
    lab.unplug(other);
    guest.send(arp(guest.mac(), ADDRESS));
    learned.await("+192.0.2.9 ARP");
  }

  @Test
  void learnsOnMacvtapAndBelievesNobodyOnTheWire() throws Exception {
    Endpoint wire = lab.plug("wire0");
    Lab.ip("link set wire0 nomaster");
    Lab.ip("link add link wire0 name macvtap0 type macvtap mode bridge");
    try {
      Lab.ip("link set macvtap0 up");
      var link = lab.links().find(new PortId("macvtap0")).orElseThrow();
      Path device = Path.of("/dev/tap" + link.index());
      assumeTrue(Files.exists(device), device + " is not there");
      PortRef port = new PortRef(link.name(), link.index(), link.mac());
      learn(port, Optional.of(wire.id()), Mode.ANY);
      wire.send(arp(link.mac(), FORGED));
      try (OutputStream tap = new FileOutputStream(device.toFile())) {
        tap.write(withVnetHeader(arp(link.mac(), ADDRESS)));
      }
      learned.await("+192.0.2.9 ARP");
    } finally {
      Lab.ip("link delete macvtap0");
    }
  }

  /** An empty {@code struct virtio_net_hdr}, which a tap takes in front of each frame. */
  private static byte[] withVnetHeader(byte[] frame) {
    byte[] bytes = new byte[10 + frame.length];
    System.arraycopy(frame, 0, bytes, 10, frame.length);
    return bytes;
  }
}
