package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.spi.nwfilter.Operand;

class NumbersTest {
  private static Operand.NetRange range(String from, String to) {
    return (Operand.NetRange) Samples.range(from, to);
  }

  @Test
  void writesRangesAsPrefixes() {
    assertEquals(
        List.of("10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/32"),
        Numbers.prefixes(range("10.0.0.1", "10.0.0.4")));
    assertEquals(List.of("0.0.0.0/0"), Numbers.prefixes(range("0.0.0.0", "255.255.255.255")));
    assertEquals(
        List.of("0.0.0.0/1", "192.0.0.0/2"),
        Numbers.otherPrefixes(range("128.0.0.0", "191.255.255.255")));
    assertEquals(List.of(), Numbers.otherPrefixes(range("0.0.0.0", "255.255.255.255")));
    assertEquals(List.of("fd00:0:0:0:0:0:0:0/127"), Numbers.prefixes(range("fd00::", "fd00::1")));
  }
}
