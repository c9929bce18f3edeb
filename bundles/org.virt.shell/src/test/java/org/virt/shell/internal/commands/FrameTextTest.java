package org.virt.shell.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameTextTest {
  private static final String MACS = "ffffffffffff525400000001";
  private static final String UDP =
      "4500001c0001000040110000" + "0a0000020a000001" + "0044004300080000";

  private static String text(String hex) {
    return FrameText.of(HexFormat.of().parseHex(hex));
  }

  @Test
  void saysWhatAFrameIs() {
    String macs = "52:54:00:00:00:01 > ff:ff:ff:ff:ff:ff ";
    assertEquals(macs + "IPv4 10.0.0.2 > 10.0.0.1 udp 68 > 67", text(MACS + "0800" + UDP));
    assertEquals(
        macs + "vlan 5 IPv4 10.0.0.2 > 10.0.0.1 udp 68 > 67", text(MACS + "810000050800" + UDP));
    assertEquals(
        macs + "ARP request 10.0.0.2 asks for 10.0.0.1",
        text(MACS + "0806" + "0001080006040001" + "5254000000010a000002" + "0000000000000a000001"));
    assertEquals(macs + "type 0x88cc", text(MACS + "88cc"));
  }

  @Test
  void namesNoPortsOfALaterFragment() {
    String fragment = UDP.replaceFirst("00010000", "00010010");
    assertFalse(text(MACS + "0800" + fragment).contains("68"));
  }

  @Test
  void readsNoByteThatIsNotThere() {
    byte[] whole = HexFormat.of().parseHex(MACS + "810000050800" + UDP);
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      byte[] frame = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int j = 0; j < 3 && frame.length > 12; j++) {
        frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
      }
      assertFalse(FrameText.of(frame).isEmpty());
    }
  }
}
