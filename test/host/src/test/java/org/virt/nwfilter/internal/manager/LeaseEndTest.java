package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.lab.Lab;

/** Leases that are given back, taken back or over, and those that only seem so. */
class LeaseEndTest extends LearningLab {
  private static final int DECLINE = 4;
  private static final int NAK = 6;
  private static final int RELEASE = 7;

  private void begins(int seconds) throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    leases(XID, seconds);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  private byte[] givesBack(int type) {
    return DhcpFrames.message(1, guest.mac(), type, 9)
        .address(12, ADDRESS)
        .option(50, ADDRESS)
        .fromClient(guest.mac());
  }

  private void isOverAndCanBeginAgain() throws Exception {
    awaitEvent("EXPIRED vnet0 " + ADDRESS);
    Lab.await("it learns again", () -> learning(guest).name().equals("LEARNING"));
    for (int i = 0; i < 5; i++) {
      guest.send(announcement(guest, ADDRESS));
      assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "given back");
    }
    leases(99, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  @Test
  void useAfterRelease() throws Exception {
    begins(3600);
    guest.send(givesBack(RELEASE));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterReleaseInModeAny() throws Exception {
    learns(guest, "any");
    leases(XID, 3600);
    awaitBound(guest);
    guest.send(givesBack(RELEASE));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterDecline() throws Exception {
    begins(3600);
    guest.send(givesBack(DECLINE));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterNak() throws Exception {
    begins(3600);
    requests(8);
    server(fromServer(DhcpFrames.message(2, guest.mac(), NAK, 8).option(54, GATEWAY)));
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterTheLease() throws Exception {
    begins(2);
    isOverAndCanBeginAgain();
  }

  @Test
  void useAfterTheLeaseInModeAny() throws Exception {
    learns(guest, "any");
    leases(XID, 1);
    isOverAndCanBeginAgain();
  }

  @Test
  void nakOfAnotherGuest() throws Exception {
    begins(3600);
    requests(8);
    other.send(
        DhcpFrames.message(2, guest.mac(), NAK, 8)
            .option(54, GATEWAY)
            .fromServer(lab.uplink().mac(), GATEWAY));
    other.send(announcement(other, FOREIGN));
    onlyItsAddressPasses();
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
  }

  @Test
  void releaseByAnotherGuest() throws Exception {
    begins(3600);
    other.send(givesBack(RELEASE));
    other.send(
        DhcpFrames.message(1, guest.mac(), RELEASE, 9)
            .address(12, ADDRESS)
            .fromClient(other.mac()));
    onlyItsAddressPasses();
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
  }
}
