package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/** What somebody does to interfaces while their guests learn or have learned. */
class InterfaceAttacksTest extends LearningLab {
  private static void rename(String from, String to) throws VirtException {
    Lab.ip("link set " + from + " down");
    Lab.ip("link set " + from + " name " + to);
    Lab.ip("link set " + to + " up");
    Lab.awaitForwarding(to);
  }

  private static void exchangeNames() throws VirtException {
    rename("vnet0", "exchanged");
    rename("vnet1", "vnet0");
    rename("exchanged", "vnet1");
  }

  /** Says what a guest may do as the other one: nothing. */
  private void isNotTheOther(Endpoint endpoint, Endpoint another, String address) {
    byte[] asAnother = Frames.udp(another.mac(), Frames.BROADCAST, address, GATEWAY);
    assertFalse(leaves(endpoint, asAnother), "both addresses of the other one");
    assertFalse(leaves(endpoint, packet(endpoint, address)), "IP address of the other one");
    assertFalse(leaves(endpoint, announcement(endpoint, address)), "claim of the other one's");
  }

  @Test
  void namesThatAreExchanged() throws Exception {
    learns(guest, "any");
    learns(other, "any");
    guest.send(announcement(guest, ADDRESS));
    other.send(announcement(other, FOREIGN));
    awaitBound(guest);
    awaitBound(other);
    exchangeNames();
    isNotTheOther(guest, other, FOREIGN);
    isNotTheOther(other, guest, ADDRESS);
    exchangeNames();
    isNotTheOther(guest, other, FOREIGN);
    Lab.await("honest packets pass", () -> leaves(guest, packet(guest, ADDRESS)));
    Lab.await("the other one's, too", () -> leaves(other, packet(other, FOREIGN)));
  }

  @Test
  void namesThatAreExchangedWhileLearning() throws Exception {
    learns(guest, "any");
    bind(other, "clean-traffic", "IP", FOREIGN);
    exchangeNames();
    assertFalse(leaves(guest, packet(guest, ADDRESS)), "not learned");
    isNotTheOther(guest, other, FOREIGN);
    exchangeNames();
    onlyAnHonestClaimCounts();
  }

  @Test
  void portThatIsMovedToAnotherBridgeWhileLearning() throws Exception {
    learns(guest, "dhcp");
    Lab.ip("link add br1 type bridge");
    try {
      Lab.ip("link set br1 up");
      Lab.ip("link set vnet0 master br1");
      Lab.ip("link set vnet1 master br1");
      Lab.awaitForwarding("vnet0");
      Lab.awaitForwarding("vnet1");
      assertFalse(lab.passes(guest, packet(guest, FOREIGN), other), "closed there, too");
      assertEquals(Learning.LEARNING, learning(guest));
    } finally {
      Lab.ip("link set vnet0 master br0");
      Lab.ip("link set vnet1 master br0");
      Lab.ip("link delete br1");
    }
    Lab.awaitForwarding("vnet0");
    requests(XID);
    onlyTheServersAnswerCounts();
  }
}
