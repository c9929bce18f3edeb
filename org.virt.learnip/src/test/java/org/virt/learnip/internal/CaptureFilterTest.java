package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.ipv4;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.virt.learnip.internal.Watch.Want;

class CaptureFilterTest {
  private static final int SNAP = 2048;
  private static final byte[] ARP = arp(1, GUEST, "192.0.2.9", "192.0.2.1");
  private static final byte[] PING = ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8]);
  private static final byte[] REQUEST = fromClient(TestFrames.request("192.0.2.9").done());
  private static final byte[] ACK = fromServer(TestFrames.ack("192.0.2.9", 120).done());

  private static boolean takes(List<BpfInstruction> program, byte[] cooked) {
    return BpfMachine.run(program, cooked) == SNAP;
  }

  private static byte[] frame(int index, boolean outgoing, int type, byte[] payload) {
    return TestFrames.cooked(index, outgoing ? 4 : 0, outgoing ? SERVER : GUEST, type, payload);
  }

  /** Which of ARP, ping, request, ACK are taken from the guest and then towards it. */
  private static String taken(List<BpfInstruction> program, int index) {
    StringBuilder taken = new StringBuilder();
    for (boolean outgoing : new boolean[] {false, true}) {
      taken.append(takes(program, frame(index, outgoing, CookedFrame.ARP, ARP)) ? 'a' : '-');
      taken.append(takes(program, frame(index, outgoing, CookedFrame.IPV4, PING)) ? 'p' : '-');
      taken.append(takes(program, frame(index, outgoing, CookedFrame.IPV4, REQUEST)) ? 'r' : '-');
      taken.append(takes(program, frame(index, outgoing, CookedFrame.IPV4, ACK)) ? 'k' : '-');
    }
    return taken.toString();
  }

  @Test
  void takesWhatEachPortWantsByDirection() {
    List<BpfInstruction> program =
        CaptureFilter.of(
            List.of(
                new Watch(3, Want.EVERYTHING, false),
                new Watch(4, Want.DHCP, false),
                new Watch(5, Want.REPLIES, false),
                new Watch(6, Want.EVERYTHING, true),
                new Watch(7, Want.DHCP, true),
                new Watch(8, Want.REPLIES, true)),
            SNAP);
    assertEquals("--------", taken(program, 2));
    assertEquals("aprk---k", taken(program, 3));
    assertEquals("--r----k", taken(program, 4));
    assertEquals("-------k", taken(program, 5));
    assertEquals("---kaprk", taken(program, 6));
    assertEquals("---k--r-", taken(program, 7));
    assertEquals("---k----", taken(program, 8));
    assertEquals("--------", taken(program, 9));
  }

  @Test
  void takesNothingWithoutPorts() {
    assertEquals("--------", taken(CaptureFilter.of(List.of(), SNAP), 3));
  }

  @Test
  void takesFramesWithASecondTagAndNoOtherProtocols() {
    List<BpfInstruction> program = CaptureFilter.of(List.of(new Watch(3, Want.DHCP, false)), SNAP);
    assertTrue(
        takes(
            program, frame(3, false, CookedFrame.VLAN, TestFrames.tag(CookedFrame.IPV4, REQUEST))));
    assertTrue(
        takes(
            program,
            frame(3, true, CookedFrame.SERVICE_VLAN, TestFrames.tag(CookedFrame.IPV4, ACK))));
    assertEquals(0, BpfMachine.run(program, frame(3, false, 0x86dd, new byte[60])));
    assertEquals(0, BpfMachine.run(program, frame(3, false, CookedFrame.IPV4, new byte[3])));
  }

  @Test
  void findsEachOfManyPortsAndNoneBetween() {
    List<Watch> watches = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      watches.add(new Watch(10 + i * 3, Want.values()[i % 3], i % 2 == 0));
    }
    List<BpfInstruction> program = CaptureFilter.of(watches, SNAP);
    assertTrue(program.size() < 1700, "instructions: " + program.size());
    for (int index = 1; index < 3020; index++) {
      boolean watched = index >= 10 && index < 3010 && (index - 10) % 3 == 0;
      assertEquals(watched, !taken(program, index).equals("--------"), "interface " + index);
    }
  }

  @Test
  void makesRunsShort() {
    List<Watch> watches =
        IntStream.range(100, 5100).mapToObj(i -> new Watch(i, Want.EVERYTHING, false)).toList();
    List<BpfInstruction> program = CaptureFilter.of(watches, SNAP);
    assertTrue(program.size() < 60, "instructions: " + program.size());
    assertEquals("--------", taken(program, 99));
    assertEquals("aprk---k", taken(program, 100));
    assertEquals("aprk---k", taken(program, 5099));
    assertEquals("--------", taken(program, 5100));
  }

  @Test
  void takesEveryInterfaceWhenThereAreTooManyPorts() {
    List<Watch> watches =
        IntStream.range(0, 5000).mapToObj(i -> new Watch(1 + i * 2, Want.DHCP, false)).toList();
    List<BpfInstruction> program = CaptureFilter.of(watches, SNAP);
    assertEquals(CaptureFilter.ofAnyInterface(SNAP), program);
    assertEquals("aprkaprk", taken(program, 4));
  }
}
