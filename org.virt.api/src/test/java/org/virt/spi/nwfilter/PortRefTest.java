package org.virt.spi.nwfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/** Ports are keys: those that differ in anything are others. */
class PortRefTest {
  private static PortRef port(String name, int index, long mac) {
    return new PortRef(new PortId(name), index, new MacAddress(mac));
  }

  @Test
  void isEqualToOneOfTheSameNameIndexAndAddress() {
    assertEquals(port("vnet0", 3, 0x525400000001L), port("vnet0", 3, 0x525400000001L));
    assertEquals(
        port("vnet0", 3, 0x525400000001L).hashCode(), port("vnet0", 3, 0x525400000001L).hashCode());
  }

  @Test
  void differsByNameIndexOrAddress() {
    PortRef port = port("vnet0", 3, 1);
    List<PortRef> others =
        List.of(port("vnet1", 3, 1), port("vnet0", 4, 1), port("vnet0", 3, 1L << 40));
    others.forEach(other -> assertNotEquals(port, other));
    assertNotEquals("vnet0", port.id());
    assertNotEquals(1L, port.mac());
    Set<PortRef> all = new HashSet<>(others);
    all.add(port);
    all.add(port("vnet0", 3, 1));
    assertEquals(4, all.size());
  }
}
