package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * The words of a command line that make one device, as commands of the monitor: a device that is
 * plugged in is the very one that would be there had it been there from the start. Names that QEMU
 * must not see twice are made unique.
 */
final class PlugPlan {
  private static final AtomicLong LAST = new AtomicLong(System.currentTimeMillis() % 100_000);
  private static final String BOOT_INDEX = "bootindex";

  private final List<Step> steps = new ArrayList<>();

  /** One option: how it is made, and how it is taken back. */
  record Step(String option, String value) {
    private boolean isJson() {
      return value.startsWith("{");
    }
  }

  /**
   * Makes a plan.
   *
   * @param with words with the device
   * @param without the same without it
   * @param boots whether it has a place in the order of boot
   */
  PlugPlan(List<String> with, List<String> without, boolean boots) {
    List<String> rest = new ArrayList<>(without);
    for (int i = 0; i < with.size(); i++) {
      String word = with.get(i);
      if (!rest.remove(word) && i > 0 && with.get(i - 1).startsWith("-")) {
        steps.add(new Step(with.get(i - 1), word));
      }
    }
    rename(names());
    if (!boots) {
      steps.replaceAll(PlugPlan::unordered);
    }
  }

  private static Step unordered(Step step) {
    if (!step.option().equals("-device")) {
      return step;
    }
    if (!step.isJson()) {
      return new Step(step.option(), step.value().replaceFirst("," + BOOT_INDEX + "=[0-9]+", ""));
    }
    JsonObject device = JsonParser.parseString(step.value()).getAsJsonObject();
    device.remove(BOOT_INDEX);
    return new Step(step.option(), device.toString());
  }

  /** Finds the names of back ends that the steps make, and makes up others. */
  private Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    String unique = "h" + LAST.incrementAndGet() + "-";
    for (Step step : steps) {
      String name = "";
      if (step.option().equals("-blockdev")) {
        name = Json.text(JsonParser.parseString(step.value()), "node-name");
      } else if (step.option().matches("-netdev|-object|-throttle-group")) {
        name =
            step.isJson()
                ? Json.text(JsonParser.parseString(step.value()), "id")
                : member(step.value(), "id");
      }
      if (!name.isEmpty()) {
        names.put(name, unique + name);
      }
    }
    return names;
  }

  private static String member(String options, String name) {
    for (String part : options.split(",", -1)) {
      if (part.startsWith(name + "=")) {
        return part.substring(name.length() + 1);
      }
    }
    return "";
  }

  private void rename(Map<String, String> names) {
    steps.replaceAll(
        step ->
            new Step(
                step.option(),
                step.isJson()
                    ? renamed(JsonParser.parseString(step.value()), names).toString()
                    : renamed(step.value(), names)));
  }

  private static String renamed(String options, Map<String, String> names) {
    List<String> parts = new ArrayList<>();
    for (String part : options.split(",", -1)) {
      int equals = part.indexOf('=');
      String other = names.get(part.substring(equals + 1));
      parts.add(equals < 0 || other == null ? part : part.substring(0, equals + 1) + other);
    }
    return String.join(",", parts);
  }

  private static JsonElement renamed(JsonElement element, Map<String, String> names) {
    if (element.isJsonObject()) {
      JsonObject object = new JsonObject();
      element
          .getAsJsonObject()
          .entrySet()
          .forEach(e -> object.add(e.getKey(), renamed(e.getValue(), names)));
      return object;
    }
    if (element.isJsonArray()) {
      JsonArray array = new JsonArray();
      element.getAsJsonArray().forEach(e -> array.add(renamed(e, names)));
      return array;
    }
    boolean text = element.isJsonPrimitive() && element.getAsJsonPrimitive().isString();
    String other = text ? names.get(element.getAsString()) : null;
    return other == null ? element : new JsonPrimitive(other);
  }

  /** Returns the node that the device reads, that of the image's format; empty for none. */
  String node() {
    String last = "";
    for (Step step : steps) {
      if (step.option().equals("-blockdev")) {
        last = Json.text(JsonParser.parseString(step.value()), "node-name");
      }
    }
    return last;
  }

  /** Has QEMU make the back ends only. */
  void backEnds(Run run, Undo undo) throws VirtException {
    for (Step step : steps) {
      if (!step.option().equals("-device")) {
        make(run, step, undo);
      }
    }
  }

  /** Has QEMU make everything. */
  void all(Run run, Undo undo) throws VirtException {
    for (Step step : steps) {
      make(run, step, undo);
    }
  }

  private static void make(Run run, Step step, Undo undo) throws VirtException {
    String name;
    switch (step.option()) {
      case "-blockdev" -> {
        JsonObject node = JsonParser.parseString(step.value()).getAsJsonObject();
        run.execute("blockdev-add", node);
        undo.add(() -> quietly(run, "blockdev-del", "node-name", Json.text(node, "node-name")));
      }
      case "-device" -> {
        name = add(run, "device_add", step);
        undo.add(() -> quietly(run, "device_del", "id", name));
      }
      case "-netdev" -> {
        name = add(run, "netdev_add", step);
        undo.add(() -> quietly(run, "netdev_del", "id", name));
      }
      case "-object" -> {
        name = add(run, step.isJson() ? "object-add" : "object_add", step);
        undo.add(() -> quietly(run, "object-del", "id", name));
      }
      case "-chardev" -> {
        name = add(run, "chardev-add", step);
        undo.add(() -> quietly(run, "chardev-remove", "id", name));
      }
      default ->
          throw new VirtException(
              ErrorCode.OPERATION_UNSUPPORTED,
              "a device that needs QEMU's option " + step.option() + " cannot be plugged in");
    }
  }

  private static String add(Run run, String command, Step step) throws VirtException {
    if (step.isJson()) {
      JsonObject arguments = JsonParser.parseString(step.value()).getAsJsonObject();
      run.execute(command, arguments);
      return Json.text(arguments, "id");
    }
    // What stands in options is what people type: the same words do for that command.
    String line =
        command + " " + (step.value().contains(" ") ? quoted(step.value()) : step.value());
    String answer =
        run.execute("human-monitor-command", Json.object("command-line", line)).getAsString();
    if (!answer.isBlank()) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, answer.strip());
    }
    return member(step.value(), "id");
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  static void quietly(Run run, String command, String member, String value) {
    try {
      run.execute(command, Json.object(member, value));
    } catch (VirtException e) {
      org.slf4j.LoggerFactory.getLogger(PlugPlan.class)
          .warn("not taken back: {} {}: {}", command, value, e.getMessage());
    }
  }
}
