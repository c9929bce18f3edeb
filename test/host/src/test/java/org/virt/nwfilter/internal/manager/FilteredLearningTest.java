package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.learnip.internal.PcapCheck;
import org.virt.learnip.internal.PcapLearner;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;
import org.virt.test.host.qemu.FolderState;

/**
 * Manager, learner and the kernel's rules together: what a guest does that lies, and that honest
 * traffic still passes after it.
 */
@PrivateNetwork
class FilteredLearningTest {
  private static final String GATEWAY = "192.0.2.1";
  private static final String ADDRESS = "192.0.2.9";
  private static final String FOREIGN = "192.0.2.66";
  private static final String ADDRESS6 = "2001:db8::9";
  private static final String FOREIGN6 = "2001:db8::66";
  private static final MacAddress NONE = new MacAddress(0);
  private static final String BOTH =
      """
      <filter name='both'>
        <rule action='accept' direction='out'><ip srcipaddr='$IP'/></rule>
        <rule action='accept' direction='out'><arp arpsrcipaddr='$IP'/></rule>
        <rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule>
        <rule action='drop' direction='out'><mac/></rule>
      </filter>
      """;
  private static final String ONLY6 =
      """
      <filter name='only6'>
        <rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule>
        <rule action='drop' direction='out'><mac/></rule>
      </filter>
      """;

  private final PcapLearner learner = new PcapLearner();
  private final NftablesTechnique technique = new NftablesTechnique();
  private final List<String> events = new CopyOnWriteArrayList<>();
  @TempDir private Path home;
  private NetworkFilterManager manager;
  private Lab lab;
  private Endpoint guest;
  private Endpoint other;

  @BeforeEach
  void open() throws Exception {
    for (Finding finding : new PcapCheck().check()) {
      assumeTrue(finding.result() == Result.PASS, () -> finding.what() + ": " + finding.remedy());
    }
    assumeTrue(technique.probe().usable(), "nftables cannot be used");
    lab = Lab.open();
    guest = lab.plug("vnet0");
    other = lab.plug("vnet1");
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "nftables"));
    manager.setLearner(learner);
    manager.subscribe(
        new FilterListener() {
          @Override
          public void addressEvent(AddressEvent event) {
            events.add(
                event.kind()
                    + " "
                    + event.address().port()
                    + " "
                    + event.address().address().getHostAddress());
          }
        });
  }

  @AfterEach
  void close() throws Exception {
    if (manager != null) {
      manager.stop();
    }
    learner.deactivate();
    technique.close();
    if (lab != null) {
      lab.close();
    }
  }

  private void bind(Endpoint endpoint, String filter, String... parameters) throws VirtException {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      values.put(parameters[i], List.of(parameters[i + 1]));
    }
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner("vm", UUID.randomUUID()),
            endpoint.id(),
            Optional.empty(),
            endpoint.mac(),
            new FilterReference(filter, values)));
  }

  private Learning learning(Endpoint endpoint) {
    return manager.status().stream()
        .filter(status -> status.port().equals(endpoint.id()))
        .findFirst()
        .orElseThrow()
        .learning();
  }

  private void awaitBound(Endpoint endpoint) {
    Lab.await(
        endpoint.id() + " is bound, not " + events, () -> learning(endpoint) == Learning.BOUND);
  }

  private void awaitEvent(String event) {
    Lab.await(event + " happens, not " + events, () -> events.contains(event));
  }

  private static byte[] announcement(Endpoint from, String address) {
    return Frames.arp(1, from.mac(), address, NONE, address);
  }

  private static byte[] packet(Endpoint from, String address) {
    return Frames.udp(from.mac(), Frames.BROADCAST, address, GATEWAY);
  }

  private static byte[] packet6(Endpoint from, String address) {
    return NeighborFrames.echo(from.mac(), address, "2001:db8::1");
  }

  @Test
  void opensAPortOfBothFamiliesForItsAddressesOnly() throws Exception {
    manager.define(BOTH);
    bind(guest, "both");
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)));
    guest.send(announcement(guest, ADDRESS));
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertFalse(lab.leaves(guest, packet6(guest, FOREIGN6)), "the first packet teaches");
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
    assertFalse(lab.leaves(guest, packet(guest, FOREIGN)));
    assertTrue(lab.leaves(guest, packet6(guest, FOREIGN6)), "what was learned");
    assertFalse(lab.leaves(guest, packet6(guest, ADDRESS6)));
  }

  @Test
  void letsAGuestProbeItsAddressAndOpensAfterTheCheck() throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6");
    assertFalse(lab.leaves(guest, NeighborFrames.advertisement(other.mac(), ADDRESS6)));
    assertTrue(lab.leaves(guest, NeighborFrames.probe(guest.mac(), ADDRESS6)));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet6(guest, ADDRESS6)));
    assertFalse(lab.leaves(guest, packet6(guest, FOREIGN6)));
  }

  @Test
  void bindsNoProbedAddressThatSomebodyHas() throws Exception {
    manager.define(ONLY6);
    bind(guest, "only6");
    guest.send(NeighborFrames.probe(guest.mac(), FOREIGN6));
    lab.uplink().send(NeighborFrames.advertisement(lab.uplink().mac(), FOREIGN6));
    awaitEvent("CONFLICT vnet0 2001:db8:0:0:0:0:0:66");
    guest.send(NeighborFrames.probe(guest.mac(), ADDRESS6));
    awaitBound(guest);
    assertFalse(lab.leaves(guest, packet6(guest, FOREIGN6)));
    assertTrue(lab.leaves(guest, packet6(guest, ADDRESS6)));
  }

  @Test
  void believesNoServerBehindAFilteredPort() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "dhcp");
    bind(other, "allow-arp");
    guest.send(DhcpFrames.fromClient(guest.mac(), DhcpFrames.REQUEST, 7, ADDRESS));
    other.send(DhcpFrames.fromServer(other.mac(), guest.mac(), DhcpFrames.ACK, 7, FOREIGN));
    other.send(DhcpFrames.fromServer(lab.uplink().mac(), guest.mac(), DhcpFrames.ACK, 7, FOREIGN));
    lab.uplink()
        .send(DhcpFrames.fromServer(lab.uplink().mac(), guest.mac(), DhcpFrames.ACK, 7, ADDRESS));
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    awaitBound(guest);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
    assertFalse(lab.leaves(guest, packet(guest, FOREIGN)));
    assertTrue(manager.explain(guest.id()).counters().get("forged") > 0);
  }

  @Test
  void believesAServerBehindAFilteredPortThatMayBeOne() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "dhcp");
    bind(other, "allow-arp", "CTRL_DHCP_SERVER", "yes");
    guest.send(DhcpFrames.fromClient(guest.mac(), DhcpFrames.REQUEST, 7, ADDRESS));
    other.send(DhcpFrames.fromServer(other.mac(), guest.mac(), DhcpFrames.ACK, 7, ADDRESS));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
  }

  @Test
  void endsALeaseInTheKernelWithNobodyThere() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "dhcp");
    guest.send(DhcpFrames.fromClient(guest.mac(), DhcpFrames.REQUEST, 7, ADDRESS));
    MacAddress server = lab.uplink().mac();
    lab.uplink().send(DhcpFrames.fromServer(server, guest.mac(), DhcpFrames.ACK, 7, ADDRESS, 3));
    awaitBound(guest);
    manager.stop();
    learner.deactivate();
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
    Lab.await("the lease has ended", () -> !leaves(packet(guest, ADDRESS)));
  }

  private boolean leaves(byte[] frame) {
    try {
      return lab.leaves(guest, frame);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void leavesAnAddressWithAGuestThatAnswers() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "savi");
    bind(other, "clean-traffic", "CTRL_IP_LEARNING", "savi");
    guest.command("ip", "address", "add", ADDRESS + "/24", "dev", "eth0").require();
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    // The guest's own kernel answers the probe, through its port.
    other.send(announcement(other, ADDRESS));
    awaitEvent("CONFLICT vnet1 " + ADDRESS);
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
    assertFalse(lab.leaves(other, packet(other, ADDRESS)));
  }

  @Test
  void movesAnAddressFromAGuestThatIsSilent() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "savi");
    bind(other, "clean-traffic", "CTRL_IP_LEARNING", "savi");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    other.send(announcement(other, ADDRESS));
    awaitBound(other);
    assertEquals(Learning.LEARNING, learning(guest));
    assertTrue(lab.leaves(other, packet(other, ADDRESS)));
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)));
  }

  @Test
  void learnsNoAddressOfTheBridge() throws Exception {
    Lab.ip("address add " + GATEWAY + "/24 dev br0");
    bind(guest, "clean-traffic");
    guest.send(announcement(guest, GATEWAY));
    awaitEvent("CONFLICT vnet0 " + GATEWAY);
    assertFalse(lab.leaves(guest, packet(guest, GATEWAY)));
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
  }

  @Test
  void opensAPortWhenItsAddressIsApproved() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "approve");
    guest.send(announcement(guest, ADDRESS));
    awaitEvent("REFUSED vnet0 " + ADDRESS);
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)));
    manager.approve(guest.id(), InetAddress.getByName(ADDRESS));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
  }

  @Test
  void givesAPortOfTheSameNameNothingOfTheOldOne() throws Exception {
    bind(guest, "clean-traffic");
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    lab.unplug(guest);
    Lab.await("the port is forgotten", () -> manager.status().isEmpty());
    guest = lab.plug("vnet0", FilterTechnique.PORT_GROUP);
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "unbound and closed");
    bind(guest, "clean-traffic");
    assertEquals(Learning.LEARNING, learning(guest));
    guest.send(announcement(guest, FOREIGN));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet(guest, FOREIGN)));
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)));
  }
}
