package org.virt.driver.qemu.internal.argv;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares what a guest can see of two command lines. */
final class CommandLines {
  private static final Set<String> SEEN =
      Set.of("-machine", "-cpu", "-m", "-smp", "-boot", "-rtc", "-device");
  private static final Set<String> SPLIT = Set.of("-device", "-machine", "-smp", "-m");
  private static final Set<String> OF_THE_HOST =
      Set.of(
          "drive",
          "netdev",
          "chardev",
          "fd",
          "vhostfd",
          "path",
          "secret",
          "tls-creds",
          "file",
          "fds");

  private CommandLines() {}

  /** Returns the difference, null when there is none. */
  static String difference(String ours, String theirs) {
    List<String> extra = seen(ours);
    List<String> missing = seen(theirs);
    List<String> common = new ArrayList<>(extra);
    missing.forEach(extra::remove);
    common.forEach(missing::remove);
    return extra.isEmpty() && missing.isEmpty()
        ? null
        : "missing " + missing + "\n     extra " + extra;
  }

  private static List<String> seen(String text) {
    List<String> words = words(text);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      if (SEEN.contains(words.get(i))) {
        String value = words.get(i + 1);
        seen.add(words.get(i) + " " + (SPLIT.contains(words.get(i)) ? option(value) : value));
      }
    }
    return seen;
  }

  private static Map<String, String> option(String value) {
    Map<String, String> members = new TreeMap<>();
    if (value.startsWith("{")) {
      flatten("", JsonParser.parseString(value).getAsJsonObject(), members);
    } else {
      for (String part : value.split("(?<!,),(?!,)")) {
        int equals = part.indexOf('=');
        boolean first = members.isEmpty();
        String name = equals < 0 ? first ? "driver" : part : part.substring(0, equals);
        members.put(name, equals < 0 ? first ? part : "on" : part.substring(equals + 1));
      }
    }
    OF_THE_HOST.forEach(members::remove);
    members.replaceAll((name, text) -> number(text));
    return members;
  }

  private static void flatten(String prefix, JsonObject object, Map<String, String> members) {
    for (Map.Entry<String, JsonElement> member : object.entrySet()) {
      JsonElement value = member.getValue();
      String name = prefix + member.getKey();
      if (value.isJsonObject()) {
        flatten(name + ".", value.getAsJsonObject(), members);
      } else {
        String text = value.isJsonPrimitive() ? value.getAsString() : value.toString();
        boolean truth = value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
        members.put(name, truth ? text.equals("true") ? "on" : "off" : text);
      }
    }
  }

  private static String number(String text) {
    return text.matches("0x[0-9a-fA-F]{1,15}")
        ? Long.toString(Long.parseLong(text.substring(2), 16))
        : text;
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
    return words;
  }
}
