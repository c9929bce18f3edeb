package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DispatchTest {
  private static Map<String, List<String>> tree(int ports, String format) {
    TreeMap<String, List<String>> targets = new TreeMap<>();
    for (int i = 0; i < ports; i++) {
      targets.put(String.format(format, i), List.of("V" + i));
    }
    return Dispatch.of(Family.BRIDGE, Label.OUT, targets);
  }

  @Test
  void asksFewPortsInOneChain() {
    assertEquals(
        Map.of("org-virt-out", List.of("-i vnet0 -j V0", "-i vnet1 -j V1")), tree(2, "vnet%d"));
    assertEquals(Map.of("org-virt-out", List.of()), tree(0, "vnet%d"));
  }

  @Test
  void findsEachOfManyInAShortWay() {
    for (String format : List.of("vnet%d", "tap%x-0", "%04d")) {
      Map<String, List<String>> chains = tree(1000, format);
      for (int i = 0; i < 1000; i++) {
        List<String> way = new ArrayList<>();
        List<String> found = new ArrayList<>();
        walk(chains, "org-virt-out", String.format(format, i), way, found);
        assertEquals(List.of("V" + i), found);
        assertTrue(way.size() <= 64, format + ": " + way.size());
      }
    }
  }

  /** Does what the kernel does for a frame of an interface. */
  private static void walk(
      Map<String, List<String>> chains,
      String chain,
      String name,
      List<String> way,
      List<String> found) {
    for (String line : chains.get(chain)) {
      way.add(line);
      String[] words = line.split(" ");
      boolean start = words[1].endsWith("+");
      String wanted = start ? words[1].substring(0, words[1].length() - 1) : words[1];
      if (start ? name.startsWith(wanted) : name.equals(wanted)) {
        if (chains.containsKey(words[3])) {
          walk(chains, words[3], name, way, found);
        } else {
          found.add(words[3]);
          return;
        }
      }
    }
  }

  @Test
  void namesPortsOfPackets() {
    TreeMap<String, List<String>> targets = new TreeMap<>(Map.of("vnet0", List.of("old", "new")));
    assertEquals(
        Map.of(
            "org-virt-in",
            List.of(
                "-m physdev --physdev-out vnet0 -j old", "-m physdev --physdev-out vnet0 -j new")),
        Dispatch.of(Family.IPV6, Label.IN, targets));
  }
}
