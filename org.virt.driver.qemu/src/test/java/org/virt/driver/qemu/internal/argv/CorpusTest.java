package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Compares what the guest sees of our command lines with libvirt's, for the part of libvirt's own
 * test data that lies beside the checkout. What we refuse is counted apart: it must be refused by
 * name.
 */
class CorpusTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("virt.checkout", ".."), "../shared/corpus/qemu-argv");

  /** Machines that must come out as libvirt has them. */
  private static final int EQUAL = 32;

  private static final Set<String> SEEN =
      Set.of("-machine", "-cpu", "-m", "-smp", "-boot", "-rtc", "-device");
  private static final Set<String> OF_THE_HOST =
      Set.of("drive", "netdev", "chardev", "fd", "vhostfd", "path", "secret", "file", "fds");

  @Test
  void showsGuestsWhatLibvirtShowsThem() throws Exception {
    Assumptions.assumeTrue(Files.isDirectory(CORPUS), "no corpus at " + CORPUS);
    List<Path> cases;
    try (Stream<Path> files = Files.list(CORPUS)) {
      cases = files.filter(f -> f.toString().endsWith(".xml")).sorted().toList();
    }
    int equal = 0;
    List<String> different = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (Path file : cases) {
      Path wanted = Path.of(file.toString().replaceFirst("xml$", "args"));
      if (!Files.exists(wanted)) {
        continue;
      }
      try {
        List<String> ours = seen(new QemuArgvFormat().toNative(Files.readString(file)));
        List<String> theirs = seen(Files.readString(wanted));
        if (ours.equals(theirs)) {
          equal++;
        } else {
          different.add(file.getFileName() + "\n" + difference(ours, theirs));
        }
      } catch (VirtException e) {
        assertTrue(
            e.code() == ErrorCode.CONFIG_UNSUPPORTED || e.code() == ErrorCode.XML_ERROR,
            file + ": " + e);
        refused.add(file.getFileName() + ": " + e.getMessage());
      }
    }
    String report =
        equal
            + " equal, "
            + different.size()
            + " different, "
            + refused.size()
            + " refused\n"
            + String.join("\n", different)
            + "\n"
            + String.join("\n", refused);
    if (Boolean.getBoolean("virt.corpus.report")) {
      System.out.println(report);
    }
    assertTrue(equal >= EQUAL && different.isEmpty(), report);
  }

  private static String difference(List<String> ours, List<String> theirs) {
    List<String> extra = new ArrayList<>(ours);
    theirs.forEach(extra::remove);
    List<String> missing = new ArrayList<>(theirs);
    ours.forEach(missing::remove);
    return "  ours " + extra + "\n  libvirt's " + missing;
  }

  private static List<String> seen(String text) {
    List<String> words = words(text);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      if (SEEN.contains(words.get(i))) {
        String value = words.get(i + 1);
        seen.add(words.get(i) + " " + (words.get(i).equals("-device") ? device(value) : value));
      }
    }
    seen.sort(null);
    return seen;
  }

  private static Map<String, String> device(String value) {
    Map<String, String> members = new TreeMap<>();
    if (value.startsWith("{")) {
      JsonObject object = JsonParser.parseString(value).getAsJsonObject();
      for (Map.Entry<String, JsonElement> member : object.entrySet()) {
        members.put(member.getKey(), member.getValue().toString().replace("\"", ""));
      }
    } else {
      Arrays.stream(value.split(",")).forEach(part -> members.put(part, ""));
    }
    OF_THE_HOST.forEach(members::remove);
    return members;
  }

  /** Splits as a shell does, for the quotes that occur. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = Pattern.compile("'([^']*)'|[^\\s\\\\]+").matcher(text);
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group() : matcher.group(1));
    }
    return words;
  }
}
