package org.virt.nwfilter.ebtables.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardsTest {
  private static final List<String> GUARD =
      List.of("-p 0x0800 --ip-src 10.0.0.5/32 -j RETURN", "-j DROP");

  private static Chain chain(String name, List<String> lines) {
    List<Line> all = new ArrayList<>();
    lines.forEach(line -> all.add(new Line(line, "rule " + all.size())));
    return new Chain(name, Chain.RETURN, all, "written " + name);
  }

  private static List<String> texts(Chain chain) {
    return chain.lines().stream().map(Line::text).toList();
  }

  private static void expectKept(List<String> root, List<String> guard) {
    List<Chain> chains = List.of(chain("root", root), chain("g", guard));
    assertEquals(chains, Guards.of(chains));
  }

  @Test
  void acceptsAtOnceWhatWouldComeBackToBeAccepted() {
    List<Chain> result =
        Guards.of(
            List.of(
                chain(
                    "root",
                    List.of(
                        "-s ! 52:54:00:00:00:01 -j DROP",
                        "-p 0x0800 -j g",
                        "-p 0x8100 --vlan-encap 0x0800 -j DROP",
                        "-p LENGTH -d 01:80:c2:00:00:00 -j DROP",
                        "-p 0x0806 -j ACCEPT",
                        "-p 0x0800 -j ACCEPT",
                        "-p 0x0800 --ip-proto 6 -j DROP",
                        "-j DROP")),
                chain("g", GUARD)));
    assertEquals(1, result.size());
    assertEquals(
        List.of(
            "-s ! 52:54:00:00:00:01 -j DROP",
            "-p 0x0800 --ip-src 10.0.0.5/32 -j ACCEPT",
            "-p 0x0800 -j DROP",
            "-p 0x8100 --vlan-encap 0x0800 -j DROP",
            "-p LENGTH -d 01:80:c2:00:00:00 -j DROP",
            "-p 0x0806 -j ACCEPT",
            "-j DROP"),
        texts(result.get(0)));
    assertEquals(
        List.of("rule 0", "rule 0, then rule 5", "rule 1", "rule 2", "rule 3", "rule 4", "rule 7"),
        result.get(0).lines().stream().map(Line::origin).toList());
    assertEquals(
        List.of("", "written g", "written g", "", "", "", ""),
        result.get(0).lines().stream().map(Line::chain).toList());
  }

  @Test
  void placesTheLastOfTwoGuardsOnly() {
    List<Chain> result =
        Guards.of(
            List.of(
                chain("root", List.of("-p 0x0800 -j g", "-p 0x0800 -j h", "-j ACCEPT")),
                chain("g", GUARD),
                chain("h", List.of("-p 0x0800 --ip-proto 6 -j RETURN", "-p 0x0800 -j DROP"))));
    assertEquals(
        List.of(
            "-p 0x0800 -j g", "-p 0x0800 --ip-proto 6 -j ACCEPT", "-p 0x0800 -j DROP", "-j ACCEPT"),
        texts(result.get(0)));
    assertEquals(List.of("root", "g"), result.stream().map(Chain::name).toList());
  }

  @Test
  void keepsJumpsBehindWhichSomethingElseIsAsked() {
    for (String next :
        List.of(
            "-p 0x0800 --ip-proto 6 -j DROP",
            "-s 52:54:00:00:00:01 -j DROP",
            "-p ! 0x0806 -j DROP",
            "-p 0x0800 -j DROP",
            "-j RETURN")) {
      expectKept(List.of("-p 0x0800 -j g", next, "-p 0x0800 -j ACCEPT"), GUARD);
    }
    expectKept(List.of("-p 0x0800 -j g"), GUARD);
  }

  @Test
  void keepsChainsThatAreNoGuardOrEnteredOtherwise() {
    List<String> accepted = List.of("-p 0x0800 -j g", "-j ACCEPT");
    expectKept(accepted, List.of());
    expectKept(accepted, List.of("-p 0x0800 --ip-proto 6 -j DROP"));
    expectKept(accepted, List.of("-p 0x0800 --ip-proto 6 -j RETURN", "-p 0x0800 -j RETURN"));
    expectKept(accepted, List.of("-s 52:54:00:00:00:01 -j RETURN", "-j DROP"));
    expectKept(accepted, List.of("-p 0x0800 --ip-proto 6 -j other", "-j DROP"));
    expectKept(List.of("-p 0x0800 -s 52:54:00:00:00:01 -j g", "-j ACCEPT"), GUARD);
    expectKept(List.of("-j g", "-j ACCEPT"), GUARD);
    expectKept(List.of("-p 0x0800 -j g", "-p 0x0800 -j g", "-j ACCEPT"), GUARD);
  }
}
