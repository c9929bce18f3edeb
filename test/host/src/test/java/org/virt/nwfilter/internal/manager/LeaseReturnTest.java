package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/** A guest that is saved, or whose host boots, and what becomes of its lease. */
class LeaseReturnTest extends LearningLab {
  private static final FilterReference FILTER =
      new FilterReference("clean-traffic", Map.of("CTRL_IP_LEARNING", List.of("dhcp")));
  private static final int RELEASE = 7;

  /** The first guest has a lease. */
  private void begins(int seconds) throws Exception {
    manager.bind(binding(guest, FILTER));
    leases(XID, seconds);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  /** Its interface goes, and comes again by another name. */
  private void isSaved() throws Exception {
    lab.unplug(guest);
    Lab.await("the port is forgotten", () -> !isBound());
  }

  private boolean isBound() {
    return manager.bindings().stream().anyMatch(binding -> binding.port().equals(guest.id()));
  }

  private void comesAgain() throws Exception {
    guest = lab.plug("vnet7", group(), guest.mac());
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "not bound yet");
  }

  private void learnsAnew() throws Exception {
    assertEquals(Learning.LEARNING, learning(guest));
    for (int i = 0; i < 5; i++) {
      guest.send(announcement(guest, ADDRESS));
      assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "not its address any more");
    }
    leases(99, 3600);
    awaitBound(guest);
    onlyItsAddressPasses();
  }

  @Test
  void guestThatIsRestored() throws Exception {
    begins(3600);
    isSaved();
    comesAgain();
    manager.bindRestored(binding(guest, FILTER));
    assertEquals(Learning.BOUND, learning(guest));
    onlyItsAddressPasses();
    byte[] towards = Frames.udp(lab.uplink().mac(), guest.mac(), GATEWAY, ADDRESS);
    assertTrue(lab.reaches(guest, towards), "what others send to it");
  }

  @Test
  void guestThatIsRestoredEndsWithItsLease() throws Exception {
    begins(4);
    isSaved();
    comesAgain();
    manager.bindRestored(binding(guest, FILTER));
    Lab.await("the lease has ended", () -> learning(guest) == Learning.LEARNING);
    learnsAnew();
  }

  @Test
  void guestThatRenewsWhenItIsRestored() throws Exception {
    begins(3600);
    isSaved();
    comesAgain();
    manager.bindRestored(binding(guest, FILTER));
    leases(98, 7200);
    awaitEvent("RENEWED vnet7 " + ADDRESS);
    onlyItsAddressPasses();
  }

  @Test
  void guestThatBootsAgain() throws Exception {
    begins(3600);
    isSaved();
    comesAgain();
    manager.bind(binding(guest, FILTER));
    learnsAnew();
  }

  @Test
  void guestThatBootsAfterTheHost() throws Exception {
    begins(3600);
    lab.unplug(guest);
    Lab.await("the port is forgotten", () -> !isBound());
    bootsTheHost();
    comesAgain();
    manager.bind(binding(guest, FILTER));
    assertEquals(Learning.BOUND, learning(guest));
    onlyItsAddressPasses();
  }

  @Test
  void restoredAfterARelease() throws Exception {
    begins(3600);
    guest.send(
        DhcpFrames.message(1, guest.mac(), RELEASE, 9)
            .address(12, ADDRESS)
            .fromClient(guest.mac()));
    awaitEvent("EXPIRED vnet0 " + ADDRESS);
    isSaved();
    comesAgain();
    manager.bindRestored(binding(guest, FILTER));
    learnsAnew();
  }

  @Test
  void restoredWhenAnotherGuestHasTheAddress() throws Exception {
    begins(3600);
    isSaved();
    bind(other, "clean-traffic");
    other.send(announcement(other, ADDRESS));
    awaitBound(other);
    comesAgain();
    manager.bindRestored(binding(guest, FILTER));
    assertEquals(Learning.LEARNING, learning(guest));
    assertFalse(lab.leaves(guest, packet(guest, ADDRESS)), "it is another's");
    assertTrue(lab.leaves(other, packet(other, ADDRESS)));
  }

  @Test
  void anotherMachineOfItsName() throws Exception {
    begins(3600);
    isSaved();
    guest = lab.plug("vnet0", group());
    manager.bindRestored(binding(guest, FILTER));
    learnsAnew();
  }
}
