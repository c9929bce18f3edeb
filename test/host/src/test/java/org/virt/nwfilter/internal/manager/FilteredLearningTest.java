package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Lab;

/**
 * Manager, learner and the kernel's rules together: what a guest does that lies, and that honest
 * traffic still passes after it.
 */
class FilteredLearningTest extends LearningLab {
  private static final String BOTH =
      """
      <filter name='both'>
        <rule action='accept' direction='out'><ip srcipaddr='$IP'/></rule>
        <rule action='accept' direction='out'><arp arpsrcipaddr='$IP'/></rule>
        <rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule>
        <rule action='drop' direction='out'><mac/></rule>
      </filter>
      """;

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
    endRuntime();
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)));
    Lab.await("the lease has ended", () -> !leaves(guest, packet(guest, ADDRESS)));
    assertFalse(lab.leaves(guest, announcement(guest, ADDRESS)), "nor what it says of it");

    comesBack();
    // A client asks until somebody answers; who has just begun may not hear it yet.
    Lab.await("it is learned again", () -> leasesAnew() == Learning.BOUND);
    onlyItsAddressPasses();
  }

  private Learning leasesAnew() {
    try {
      leases(8, 3600);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return learning(guest);
  }

  @Test
  void keepsARenewedLeaseInTheKernelWithNobodyThere() throws Exception {
    bind(guest, "clean-traffic", "CTRL_IP_LEARNING", "dhcp");
    long oldEnd = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    leases(7, 4);
    awaitBound(guest);
    leases(8, 3600);
    awaitEvent("RENEWED vnet0 " + ADDRESS);
    endRuntime();
    Lab.await("its first lease has ended", () -> System.nanoTime() > oldEnd);
    onlyItsAddressPasses();
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
    guest = lab.plug("vnet0", group());
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "unbound and closed");
    bind(guest, "clean-traffic");
    assertEquals(Learning.LEARNING, learning(guest));
    guest.send(announcement(guest, FOREIGN));
    awaitBound(guest);
    assertTrue(lab.leaves(guest, packet(guest, FOREIGN)));
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)));
  }
}
