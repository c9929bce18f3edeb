package org.virt.test.host.qemu;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command line of QEMU in which all that is outside of it (images, sockets, interfaces, devices
 * of the host) has been replaced by what is there everywhere. Everything that the guest sees stays.
 */
final class HarmlessLine {
  private static final Set<String> IMAGES =
      Set.of(
          "file",
          "host_device",
          "host_cdrom",
          "nbd",
          "rbd",
          "iscsi",
          "http",
          "https",
          "ftp",
          "ftps",
          "tftp",
          "ssh",
          "gluster",
          "nfs",
          "vvfat",
          "nvme");

  /** Devices that are nothing without something of the host. */
  private static final Pattern OF_THE_HOST =
      Pattern.compile(
          "vfio-.*|.*vhost-.*|usb-host|tpm-.*|ccid-card-.*|ivshmem-doorbell|scsi-(generic|block)"
              + "|virtio-input-host.*|.*-gl(-pci)?");

  private static final Set<String> DROPPED =
      Set.of(
          "-tpmdev",
          "-kernel",
          "-initrd",
          "-append",
          "-dtb",
          "-acpitable",
          "-bios",
          "-fw_cfg",
          "-mon");

  private static final Pattern ID = Pattern.compile("(?:^|,)id=([^,]+)");

  private HarmlessLine() {}

  /** Returns the words of a QEMU that waits for commands on its standard input. */
  static List<String> of(List<String> words) {
    List<String> out = new ArrayList<>(List.of(words.get(0)));
    for (int i = 1; i < words.size(); i++) {
      String option = words.get(i);
      boolean valued = i + 1 < words.size() && !words.get(i + 1).startsWith("-");
      if (!valued) {
        out.add(option);
        continue;
      }
      Optional<String> value = value(option, words.get(++i));
      if (value.isPresent()) {
        out.addAll(List.of(option, value.get()));
      }
    }
    out.addAll(List.of("-qmp", "stdio"));
    return out;
  }

  private static Optional<String> value(String option, String value) {
    if (DROPPED.contains(option)) {
      return Optional.empty();
    }
    return switch (option) {
      case "-blockdev" -> Optional.of(image(json(value)).toString());
      case "-object" -> object(json(value));
      case "-device" -> {
        String driver = json(value).get("driver").getAsString();
        yield OF_THE_HOST.matcher(driver).matches() ? Optional.empty() : Optional.of(value);
      }
      case "-chardev" -> Optional.of(value.startsWith("spice") ? value : "null,id=" + id(value));
      case "-netdev" -> Optional.of("hubport,hubid=0,id=" + id(value));
      case "-vnc", "-display" -> Optional.of("none");
      case "-spice" -> Optional.empty();
      case "-audiodev" -> {
        JsonObject none = new JsonObject();
        none.add("id", json(value).get("id"));
        none.addProperty("driver", "none");
        yield Optional.of(none.toString());
      }
      case "-accel" -> Optional.of("tcg");
      case "-cpu" -> Optional.of(value.replaceFirst("^host,migratable=(on|off)", "max"));
      case "-fsdev" -> Optional.of(value.replaceFirst("path=[^,]*", "path=/"));
      case "-machine" -> Optional.of(value.replaceFirst(",confidential-guest-support=[^,]*", ""));
      default -> Optional.of(value);
    };
  }

  private static JsonObject json(String value) {
    return JsonParser.parseString(value).getAsJsonObject();
  }

  private static String id(String value) {
    Matcher matcher = ID.matcher(value);
    return matcher.find() ? matcher.group(1) : "none";
  }

  /** Images are empty, and of no format. */
  private static JsonObject image(JsonObject node) {
    JsonObject plain = new JsonObject();
    plain.add("node-name", node.get("node-name"));
    if (IMAGES.contains(node.get("driver").getAsString())) {
      plain.addProperty("driver", "null-co");
      boolean flash = node.get("node-name").getAsString().contains("pflash");
      plain.addProperty("size", flash ? 1 << 20 : 1 << 26);
      return plain;
    }
    if (!node.has("file") || node.get("driver").getAsString().equals("copy-on-read")) {
      return node;
    }
    for (String kept : new String[] {"read-only", "cache", "discard", "detect-zeroes", "file"}) {
      if (node.has(kept)) {
        plain.add(kept, node.get(kept));
      }
    }
    plain.addProperty("driver", "raw");
    return plain;
  }

  private static Optional<String> object(JsonObject object) {
    String type = object.get("qom-type").getAsString();
    JsonObject plain = new JsonObject();
    plain.add("id", object.get("id"));
    switch (type) {
      case "secret" -> {
        plain.addProperty("qom-type", "secret");
        plain.addProperty("data", "x");
      }
      case "rng-egd" -> plain.addProperty("qom-type", "rng-builtin");
      case "tls-creds-x509", "pr-manager-helper", "input-linux", "sev-guest" -> {
        return Optional.empty();
      }
      default -> {
        if (!type.startsWith("memory-backend-")) {
          return Optional.of(object.toString());
        }
        plain.addProperty("qom-type", "memory-backend-ram");
        plain.add("size", object.get("size"));
        if (object.has("share")) {
          plain.add("share", object.get("share"));
        }
      }
    }
    return Optional.of(plain.toString());
  }
}
