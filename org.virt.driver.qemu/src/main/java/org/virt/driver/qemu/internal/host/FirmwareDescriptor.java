package org.virt.driver.qemu.internal.host;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a firmware of this host can do, as its package tells (QEMU's {@code
 * docs/interop/firmware.json}).
 *
 * @param code path of what is run
 * @param template path of the variables that a machine begins with; empty for one without
 * @param features such as {@code secure-boot}, {@code enrolled-keys}, {@code requires-smm}
 * @param targets architectures with patterns of machine types: {@code x86_64 pc-q35-*}
 */
public record FirmwareDescriptor(
    String code, Optional<String> template, Set<String> features, List<String> targets) {
  private static final Logger LOG = LoggerFactory.getLogger(FirmwareDescriptor.class);

  /** The first has the last word about a name. */
  private static final List<Path> FOLDERS =
      List.of(Path.of("/etc/qemu/firmware"), Path.of("/usr/share/qemu/firmware"));

  public FirmwareDescriptor {
    features = Set.copyOf(features);
    targets = List.copyOf(targets);
  }

  /** Returns those of this host that are UEFI in flash memory, the preferred ones first. */
  public static List<FirmwareDescriptor> ofHost() {
    TreeMap<String, Path> files = new TreeMap<>();
    for (Path folder : FOLDERS) {
      try (Stream<Path> list = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
        list.filter(file -> file.toString().endsWith(".json"))
            .forEach(file -> files.putIfAbsent(file.getFileName().toString(), file));
      } catch (IOException e) {
        LOG.warn("read firmware descriptors in {}: {}", folder, e.getMessage());
      }
    }
    List<FirmwareDescriptor> found = new ArrayList<>();
    files.values().forEach(file -> read(file).ifPresent(found::add));
    return found;
  }

  private static Optional<FirmwareDescriptor> read(Path file) {
    try {
      String text = Files.readString(file);
      // An empty file takes one of its name away.
      return text.isBlank() ? Optional.empty() : of(text);
    } catch (IOException | JsonParseException | IllegalStateException e) {
      LOG.warn("read firmware descriptor {}: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Reads a descriptor; empty when it is not UEFI in flash memory. */
  static Optional<FirmwareDescriptor> of(String json) {
    JsonObject root = JsonParser.parseString(json).getAsJsonObject();
    JsonObject mapping = root.getAsJsonObject("mapping");
    boolean flash = mapping != null && "flash".equals(text(mapping, "device"));
    if (!flash || !strings(root.getAsJsonArray("interface-types")).contains("uefi")) {
      return Optional.empty();
    }
    JsonObject template = mapping.getAsJsonObject("nvram-template");
    List<String> targets = new ArrayList<>();
    for (JsonElement target : root.getAsJsonArray("targets")) {
      String arch = text(target.getAsJsonObject(), "architecture");
      strings(target.getAsJsonObject().getAsJsonArray("machines"))
          .forEach(machine -> targets.add(arch + " " + machine));
    }
    return Optional.of(
        new FirmwareDescriptor(
            text(mapping.getAsJsonObject("executable"), "filename"),
            template == null ? Optional.empty() : Optional.of(text(template, "filename")),
            new TreeSet<>(strings(root.getAsJsonArray("features"))),
            targets));
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  private static List<String> strings(JsonArray array) {
    List<String> strings = new ArrayList<>();
    if (array != null) {
      array.forEach(element -> strings.add(element.getAsString()));
    }
    return strings;
  }

  /** Says whether it is made for a machine. */
  public boolean fits(String arch, String machine) {
    return targets.stream()
        .anyMatch(
            target -> {
              String pattern = target.replace(".", "\\.").replace("*", ".*");
              return (arch + " " + machine).matches(pattern);
            });
  }

  /** Says whether it has a feature. */
  public boolean has(String feature) {
    return features.contains(feature);
  }
}
