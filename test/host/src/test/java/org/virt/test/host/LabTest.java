package org.virt.test.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

@PrivateNetwork
class LabTest {
  @Test
  void carriesFramesBothWays() throws Exception {
    try (Lab lab = Lab.open()) {
      Endpoint guest = lab.plug("vnet0");
      byte[] out = Frames.udp(guest.mac(), Frames.BROADCAST, "10.0.0.2", "10.0.0.255");
      byte[] in = Frames.udp(lab.uplink().mac(), guest.mac(), "10.0.0.1", "10.0.0.2");
      for (int i = 0; i < 100; i++) {
        assertTrue(lab.leaves(guest, out));
        assertTrue(lab.reaches(guest, in));
      }
      assertTrue(lab.leaves(guest, Frames.tagged(out, 7)));
    }
  }

  @Test
  void seesThatAFrameDoesNotArrive() throws Exception {
    try (Lab lab = Lab.open()) {
      Endpoint guest = lab.plug("vnet0");
      Lab.ip("link set vnet0 down");
      byte[] in = Frames.udp(lab.uplink().mac(), guest.mac(), "10.0.0.1", "10.0.0.2");
      for (int i = 0; i < 100; i++) {
        assertEquals(false, lab.reaches(guest, in));
      }
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    try (Lab lab = Lab.open()) {
      lab.plug("vnet0");
    }
    try (Lab lab = Lab.open()) {
      assertEquals(Optional.empty(), lab.links().find(new PortId("vnet0")));
    }
    assertEquals("", Lab.ip("netns list"));
  }
}
