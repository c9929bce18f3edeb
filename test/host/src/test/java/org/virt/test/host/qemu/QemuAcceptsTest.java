package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.driver.qemu.internal.argv.QemuArgvFormat;

/** QEMU itself takes the command lines that are made of definitions: it starts, and quits. */
class QemuAcceptsTest {
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
  private static final Path CHECKOUT = Path.of(System.getProperty("virt.checkout", ".."));
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String QUIT =
      "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"quit\"}\n";

  /** What is not the command line's fault: neither this QEMU nor this host has it. */
  private static final Pattern LACKING =
      Pattern.compile(
          "is not a valid device model name|missing object type|fsdriver handle not found"
              + "|phys-bits too low|kernel doesn't allow|requires? (accel=kvm|kernel irqchip)"
              + "|unsupported machine type|failed to find romfile|cannot set up guest memory");

  /** What libvirt, too, hands to QEMU, which then refuses it by its device. */
  private static final Pattern IMPOSSIBLE =
      Pattern.compile(
          "bus supports only 2 units|neither legacy nor transitional|not multiple of 512"
              + "|scsi=off for virtio-blk|can't be populated in function"
              + "|memory hotplug is not enabled: missing acpi|: invalid option");

  @Test
  void takesTheCommandLinesOfOurOwnExamples() throws Exception {
    refusals(CHECKOUT.resolve("org.virt.driver.qemu/src/test/resources/org/virt/driver/qemu"), 2);
  }

  @Test
  void takesTheCommandLinesOfLibvirtsDefinitions() throws Exception {
    Path corpus = CHECKOUT.resolve("../shared/corpus/qemu-argv");
    assumeTrue(Files.isDirectory(corpus), "no corpus at " + corpus);
    refusals(corpus, 150);
  }

  private static void refusals(Path folder, int least) throws Exception {
    assumeTrue(Files.isExecutable(QEMU), QEMU + " is not installed");
    List<Path> definitions;
    try (Stream<Path> files = Files.walk(folder)) {
      definitions = files.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
    }
    List<String> refused = new ArrayList<>();
    int taken = 0;
    for (Path definition : definitions) {
      String complaint = complaint(definition);
      if (complaint.isEmpty()) {
        taken++;
      } else if (!LACKING.matcher(complaint).find() && !IMPOSSIBLE.matcher(complaint).find()) {
        refused.add(definition.getFileName() + ": " + complaint);
      }
    }
    assertEquals(List.of(), refused);
    assertTrue(taken >= least, taken + " of " + definitions.size() + " were taken");
  }

  /** Returns what QEMU says against a command line, nothing when it takes it. */
  private static String complaint(Path definition) throws IOException, VirtException {
    List<String> words;
    try {
      words = words(new QemuArgvFormat().toNative(Files.readString(definition)));
    } catch (VirtException e) {
      // Other tests count what is refused by us.
      return "unsupported machine type: " + e.getMessage();
    }
    List<String> harmless = HarmlessLine.of(words);
    harmless.set(0, QEMU.toString());
    Result result = Command.of(harmless).withInput(QUIT).withLimit(LIMIT).run();
    return result.ok() ? "" : result.reason() + "\n" + result.err();
  }

  /** Splits as a shell does, for the quotes that occur. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("((?:'[^']*'|\\\\'|[^\\s\\\\'])+)").matcher(text.replace("\\\n", " "));
    while (matcher.find()) {
      words.add(
          matcher.group().replace("'\\''", "\u0000").replace("'", "").replace('\u0000', '\''));
    }
    return words.subList(1, words.size());
  }
}
