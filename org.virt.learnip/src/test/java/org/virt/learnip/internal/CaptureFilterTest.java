package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.ipv4;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.virt.learnip.internal.Watch.Want;

class CaptureFilterTest {
  private static final int SNAP = 2048;
  private static final Set<Want> DHCP = Set.of(Want.DHCP);
  private static final String NOBODY = "----k----l ----------";
  private static final byte[] ARP = arp(1, GUEST, "192.0.2.9", "192.0.2.1");
  private static final byte[] PING = ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8]);
  private static final byte[] REQUEST = fromClient(TestFrames.request("192.0.2.9").done());
  private static final byte[] ACK = fromServer(TestFrames.ack("192.0.2.9", 120).done());

  private static final String LETTERS = "aAprknNqsl";
  private static final List<byte[]> SAMPLES =
      List.of(
          ARP,
          arp(2, GUEST, "192.0.2.9", "192.0.2.1"),
          PING,
          REQUEST,
          ACK,
          Frames6.probe("fe80::9"),
          Frames6.advertisement("fe80::9", "fe80::9"),
          Frames6.ipv6("fe80::9", "fe80::1", 58, new byte[] {(byte) 128, 0, 0, 0}),
          Frames6.fromClient(Frames6.dhcp(3).done()),
          Frames6.fromServer(Frames6.reply().done()));
  private static final List<Integer> TYPES =
      List.of(
          CookedFrame.ARP,
          CookedFrame.ARP,
          CookedFrame.IPV4,
          CookedFrame.IPV4,
          CookedFrame.IPV4,
          CookedFrame.IPV6,
          CookedFrame.IPV6,
          CookedFrame.IPV6,
          CookedFrame.IPV6,
          CookedFrame.IPV6);

  private static boolean takes(List<BpfInstruction> program, byte[] cooked) {
    return BpfMachine.run(program, cooked) == SNAP;
  }

  private static byte[] frame(int index, boolean outgoing, int type, byte[] payload) {
    return TestFrames.cooked(index, outgoing ? 4 : 0, outgoing ? SERVER : GUEST, type, payload);
  }

  /**
   * Which of ARP request and reply, ping, request, ACK are taken as they come in and then as they
   * go out, and the same of probe, advertisement, ping, request, reply in IPv6.
   */
  private static String taken(List<BpfInstruction> program, int index) {
    StringBuilder taken = new StringBuilder();
    for (boolean outgoing : new boolean[] {false, true}) {
      for (int i = 0; i < SAMPLES.size(); i++) {
        boolean takes = takes(program, frame(index, outgoing, TYPES.get(i), SAMPLES.get(i)));
        taken.append(takes ? LETTERS.charAt(i) : '-');
      }
      taken.append(' ');
    }
    return taken.toString().strip();
  }

  @Test
  void takesWhatEachPortWantsByDirectionAndAnswersEverywhere() {
    List<BpfInstruction> program =
        CaptureFilter.of(
            List.of(
                new Watch(3, Set.of(Want.DHCP, Want.ARP, Want.IPV4), false),
                new Watch(4, DHCP, false),
                new Watch(5, Set.of(Want.DHCP, Want.ND, Want.ADVERTISEMENT_IN), false),
                new Watch(6, Set.of(Want.DHCP, Want.ARP, Want.ARP_REPLY_IN), false),
                new Watch(7, Set.of(Want.DHCP, Want.ND, Want.IPV6), false),
                new Watch(8, Set.of(Want.DHCP, Want.ARP, Want.IPV4), true),
                new Watch(9, DHCP, true)),
            SNAP);
    assertEquals("----k----l ----------", taken(program, 2));
    assertEquals("aAprk---sl ----k----l", taken(program, 3));
    assertEquals("---rk---sl ----k----l", taken(program, 4));
    assertEquals("---rknN-sl ----k-N--l", taken(program, 5));
    assertEquals("aA-rk---sl -A--k----l", taken(program, 6));
    assertEquals("---rknNqsl ----k----l", taken(program, 7));
    assertEquals("----k----l aAprk---sl", taken(program, 8));
    assertEquals("----k----l ---rk---sl", taken(program, 9));
    assertEquals("----k----l ----------", taken(program, 10));
  }

  @Test
  void takesAnswersThatTheHostSendsByABridge() {
    List<BpfInstruction> program =
        CaptureFilter.of(List.of(new Watch(3, Set.of(Want.ANSWERS), false)), SNAP);
    assertEquals("----k----l ----k----l", taken(program, 3));
  }

  @Test
  void takesNothingOfAGuestThatFloods() {
    List<BpfInstruction> program =
        CaptureFilter.of(
            List.of(
                new Watch(3, Set.of(Want.MUTED), false),
                new Watch(4, Set.of(Want.MUTED), true),
                new Watch(5, DHCP, false)),
            SNAP);
    assertEquals("---------- ----k----l", taken(program, 3));
    assertEquals("----k----l ----------", taken(program, 4));
    assertEquals("---rk---sl ----k----l", taken(program, 5));
  }

  @Test
  void takesAnswersOnlyWithoutPorts() {
    assertEquals(NOBODY, taken(CaptureFilter.of(List.of(), SNAP), 3));
  }

  @Test
  void takesTaggedFramesOnlyOfAGuestBehindAMacvtap() {
    byte[] tagged = TestFrames.tag(CookedFrame.IPV4, REQUEST);
    for (boolean behind : new boolean[] {false, true}) {
      List<BpfInstruction> program = CaptureFilter.of(List.of(new Watch(3, DHCP, behind)), SNAP);
      assertFalse(takes(program, frame(3, false, CookedFrame.VLAN, tagged)));
      assertEquals(behind, takes(program, frame(3, true, CookedFrame.VLAN, tagged)));
      assertFalse(takes(program, frame(3, true, CookedFrame.SERVICE_VLAN, tagged)));
    }
  }

  @Test
  void takesNoFrameThatIsTooShortToTell() {
    List<BpfInstruction> program =
        CaptureFilter.of(List.of(new Watch(3, Set.of(Want.DHCP, Want.ND), false)), SNAP);
    assertFalse(takes(program, frame(3, false, CookedFrame.IPV4, new byte[3])));
    assertFalse(takes(program, frame(3, false, CookedFrame.IPV6, new byte[30])));
  }

  @Test
  void findsEachOfManyPortsAndNoneBetween() {
    List<Set<Want>> kinds =
        List.of(DHCP, Set.of(Want.DHCP, Want.ARP), Set.of(Want.DHCP, Want.ND, Want.IPV4));
    List<Watch> watches = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      watches.add(new Watch(10 + i * 3, kinds.get(i % 3), i % 2 == 0));
    }
    List<BpfInstruction> program = CaptureFilter.of(watches, SNAP);
    assertTrue(program.size() < 1800, "instructions: " + program.size());
    for (int index = 1; index < 3020; index++) {
      boolean watched = index >= 10 && index < 3010 && (index - 10) % 3 == 0;
      assertEquals(watched, !taken(program, index).equals(NOBODY), "interface " + index);
    }
  }

  @Test
  void makesRunsShort() {
    Set<Want> wants = Set.of(Want.DHCP, Want.ARP, Want.IPV4);
    List<Watch> watches =
        IntStream.range(100, 5100).mapToObj(i -> new Watch(i, wants, false)).toList();
    List<BpfInstruction> program = CaptureFilter.of(watches, SNAP);
    assertTrue(program.size() < 80, "instructions: " + program.size());
    assertEquals(NOBODY, taken(program, 99));
    assertEquals("aAprk---sl ----k----l", taken(program, 100));
    assertEquals("aAprk---sl ----k----l", taken(program, 5099));
    assertEquals(NOBODY, taken(program, 5100));
  }

  @Test
  void takesEveryInterfaceWhenThereAreTooManyPorts() {
    List<Watch> watches =
        IntStream.range(0, 5000).mapToObj(i -> new Watch(1 + i * 2, DHCP, false)).toList();
    List<BpfInstruction> program = CaptureFilter.of(watches, SNAP);
    assertEquals(CaptureFilter.ofAnyInterface(SNAP), program);
    assertEquals("aAprknNqsl aAprknNqsl", taken(program, 4));
  }
}
