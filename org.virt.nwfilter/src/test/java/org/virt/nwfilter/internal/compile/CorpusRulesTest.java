package org.virt.nwfilter.internal.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Step;

/**
 * Compiles the filters of the corpus family nwfilter-rules that lies beside the checkout, and
 * compares the verdicts of ebtables chains with those of libvirt, rule by rule.
 */
class CorpusRulesTest {
  private static Given given() {
    return new Given()
        .parameter("A", "1.1.1.1", "2.2.2.2", "3.3.3.3", "3.3.3.3")
        .parameter("B", "80", "90", "80", "80")
        .parameter("C", "1080", "1090", "1100", "1110")
        .parameter("IPSETNAME", "tck_test");
  }

  @Test
  void hasTheVerdictsOfLibvirtInItsOrder() throws Exception {
    Path folder =
        Path.of(System.getProperty("virt.checkout", ".."))
            .resolve("../shared/corpus/nwfilter-rules");
    assumeTrue(Files.isDirectory(folder), "no corpus at " + folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
        Program program =
            given().filter(Files.readString(file)).compile("tck-testcase", Given.NOTHING);
        Path args = Path.of(file.toString().replace(".xml", ".args"));
        String text = Files.readString(args).replace("\\\n", " ");
        assertEquals(theirs(text, "J"), ours(program.outgoing()), file + " out");
        assertEquals(theirs(text, "P"), ours(program.incoming()), file + " in");
        assertEquals(
            tracked(text, "FJ"), tracked(program.transportOutgoing()), file + " transport out");
        assertEquals(
            tracked(text, "FP"), tracked(program.transportIncoming()), file + " transport in");
      }
    }
  }

  private static List<String> ours(List<Program.Chain> chains) {
    List<String> verdicts = new ArrayList<>();
    for (Program.Chain chain : chains) {
      for (Step step : chain.steps()) {
        if (step instanceof Step.Rule rule) {
          // ebtables has no reject, libvirt drops.
          String action = rule.action().name().replace("REJECT", "DROP");
          verdicts.add(chain.name() + " " + action);
        }
      }
    }
    return verdicts;
  }

  /** Chains are called {@code libvirt-J-vnet0} and {@code J-vnet0-arp-x}. */
  private static List<String> theirs(String text, String way) {
    List<String> verdicts = new ArrayList<>();
    for (String line : text.split("\n")) {
      List<String> words = List.of(line.trim().split(" +"));
      int add = words.indexOf("-A");
      int jump = words.indexOf("-j");
      if (!words.get(0).equals("ebtables") || add < 0) {
        continue;
      }
      String chain = words.get(add + 1);
      String verdict = words.get(jump + 1);
      if (verdict.contains("vnet0")) {
        continue;
      }
      if (chain.equals("libvirt-" + way + "-vnet0")) {
        verdicts.add("root " + verdict);
      } else if (chain.startsWith(way + "-vnet0-")) {
        verdicts.add(chain.substring((way + "-vnet0-").length()) + " " + verdict);
      }
    }
    return verdicts;
  }

  private static List<String> tracked(List<Step.Rule> rules) {
    List<String> verdicts = new ArrayList<>();
    for (Step.Rule rule : rules) {
      String protocol = rule.protocol().xmlName().replace("-ipv6", "");
      Step.Connection connection = rule.connection();
      verdicts.add(
          rule.action().name().replace("RETURN", "ACCEPT")
              + " "
              + protocol
              + connection.states().stream().sorted().toList()
              + connection.way().map(way -> way.name()).orElse(""));
    }
    return verdicts;
  }

  /** Chains of iptables are called {@code FJ-vnet0} and {@code FP-vnet0}. */
  private static List<String> tracked(String text, String chain) {
    List<String> verdicts = new ArrayList<>();
    for (String line : text.split("\n")) {
      List<String> words = List.of(line.trim().split(" +"));
      if (words.get(0).endsWith("tables") && words.contains(chain + "-vnet0")) {
        List<Step.State> states =
            after(words, "--ctstate").stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(Step.State::valueOf)
                .sorted()
                .toList();
        verdicts.add(
            after(words, "-j").orElseThrow().replace("RETURN", "ACCEPT")
                + " "
                + after(words, "-p").orElseThrow()
                + states
                + after(words, "--ctdir").orElse("").toUpperCase(java.util.Locale.ROOT));
      }
    }
    return verdicts;
  }

  private static Optional<String> after(List<String> words, String option) {
    int at = words.indexOf(option);
    return at < 0 ? Optional.empty() : Optional.of(words.get(at + 1));
  }
}
