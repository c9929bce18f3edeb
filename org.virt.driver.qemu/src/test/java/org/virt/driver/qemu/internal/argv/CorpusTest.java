package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.model.domain.DomainXml;

/**
 * Compares with libvirt what the guest sees of our command lines, what we make of definitions, and
 * what we refuse, for the part of libvirt's own test data that lies beside the checkout. The number
 * of equal cases may only rise.
 */
class CorpusTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("virt.checkout", ".."), "../shared/corpus");

  private static final int ARGV = 193;
  private static final int XML = 161;
  private static final int REFUSED = 70;

  /** Tells what is wrong with a case. */
  private interface Trial {
    /** Returns the difference, null when there is none. */
    String run(Path file) throws Exception;
  }

  @Test
  void showsGuestsWhatLibvirtShowsThem() throws Exception {
    measure(
        "qemu-argv",
        ARGV,
        file -> {
          String wanted = Files.readString(sibling(file, ".args"));
          return CommandLines.difference(
              new QemuArgvFormat().toNative(Files.readString(file)), wanted);
        });
  }

  @Test
  void completesDefinitionsAsLibvirtDoes() throws Exception {
    measure(
        "domain-xml",
        XML,
        file -> {
          String xml = Files.readString(file);
          String ours =
              DomainXml.printPublic(
                  DomainXml.parse(Completion.run(xml, HostDefaults.NONE).print()));
          return Documents.difference(ours, Files.readString(sibling(file, ".out.xml")), xml);
        });
  }

  /**
   * Whatever is accepted is the same hardware when its own XML is defined again. The order of its
   * controllers is settled then: as with libvirt, those that were added stand last at first.
   */
  @Test
  void changesNothingOfWhatIsDefinedAgain() throws Exception {
    for (String family : List.of("qemu-argv", "domain-xml", "qemu-invalid")) {
      for (Path file : cases(family)) {
        String once;
        try {
          once = complete(Files.readString(file));
        } catch (VirtException e) {
          continue;
        }
        String twice = complete(once);
        assertEquals(words(once), words(twice), file.toString());
        assertEquals(twice, complete(twice), file.toString());
      }
    }
  }

  private static String words(String xml) {
    try {
      return new QemuArgvFormat().toNative(xml);
    } catch (VirtException e) {
      return e.getMessage();
    }
  }

  private static String complete(String xml) throws VirtException {
    return DomainXml.print(DomainXml.parse(Completion.run(xml, HostDefaults.NONE).print()));
  }

  @Test
  void knowsEveryWordOfDefinitions() throws Exception {
    for (String family : List.of("qemu-argv", "domain-xml")) {
      for (Path file : cases(family)) {
        Node root = Guest.of(SafeXml.tree("test", Files.readString(file))).root();
        assertEquals(Optional.empty(), Vocabulary.firstUnknown(root), file.toString());
      }
    }
  }

  @Test
  void refusesWhatLibvirtRefuses() throws Exception {
    measure(
        "qemu-invalid",
        REFUSED,
        file -> {
          try {
            new QemuArgvFormat().toNative(Files.readString(file));
          } catch (VirtException e) {
            boolean clear =
                e.code() == ErrorCode.CONFIG_UNSUPPORTED || e.code() == ErrorCode.XML_ERROR;
            return clear ? null : e.toString();
          }
          return "not refused: " + Files.readString(sibling(file, ".err")).strip();
        });
  }

  private static void measure(String family, int floor, Trial trial) throws IOException {
    List<Path> cases = cases(family);
    int equal = 0;
    List<String> different = new ArrayList<>();
    for (Path file : cases) {
      String difference;
      try {
        difference = trial.run(file);
      } catch (Exception e) {
        difference = e instanceof VirtException ? "refused: " + e.getMessage() : trace(e);
      }
      if (difference == null) {
        equal++;
      } else {
        different.add(file.getFileName() + ": " + difference);
      }
    }
    String report =
        family + ": " + equal + "/" + cases.size() + "\n" + String.join("\n", different);
    if (Boolean.getBoolean("virt.corpus.report")) {
      Files.writeString(Path.of("target", family + ".txt"), report + "\n");
    }
    assertTrue(equal >= floor, report);
  }

  private static List<Path> cases(String family) throws IOException {
    Path folder = CORPUS.resolve(family);
    Assumptions.assumeTrue(Files.isDirectory(folder), "no corpus at " + folder);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(".xml") && !f.toString().endsWith(".out.xml"))
          .sorted()
          .toList();
    }
  }

  private static String trace(Exception e) {
    return e
        + " at "
        + List.of(e.getStackTrace()).subList(0, Math.min(4, e.getStackTrace().length));
  }

  private static Path sibling(Path file, String suffix) {
    return Path.of(file.toString().replaceFirst("\\.xml$", suffix));
  }
}
