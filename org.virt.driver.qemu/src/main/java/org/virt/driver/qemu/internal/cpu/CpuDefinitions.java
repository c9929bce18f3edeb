package org.virt.driver.qemu.internal.cpu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.FeatureNames;
import org.virt.driver.qemu.internal.qmp.Probe;
import org.virt.driver.qemu.internal.qmp.Probe.Question;

/**
 * The CPU models of QEMU programs, asked of each once and again when its file has changed. What a
 * model has is what QEMU itself says of it, so no list of features is kept here.
 */
public final class CpuDefinitions {
  private static final String DEFINITIONS = "query-cpu-definitions";
  private static final String TCG = "tcg";
  private static final String KVM = "kvm";

  /** Models that are nobody's: QEMU names a maker, machines run with them on any. */
  private static final String ANYBODY = "(qemu|kvm)(32|64)|pentium.*|486";

  private final Map<Key, CpuTable> known = new ConcurrentHashMap<>();

  /** What was asked: with KVM other models are usable than without. */
  private record Key(Path emulator, FileTime changed, String accelerator) {}

  /**
   * Returns what a program knows.
   *
   * @param type of the machines, {@code kvm} or {@code qemu}
   */
  public CpuTable of(Path emulator, String type) throws VirtException {
    String accelerator = type.equals(KVM) ? KVM : TCG;
    Key key;
    try {
      key = new Key(emulator, Files.getLastModifiedTime(emulator), accelerator);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "ask " + emulator + ": " + e, e);
    }
    CpuTable table = known.get(key);
    if (table == null) {
      table = ask(emulator, accelerator);
      known.put(key, table);
    }
    return table;
  }

  private static CpuTable ask(Path emulator, String accelerator) throws VirtException {
    Question best = expansion(accelerator.equals(KVM) ? "host" : "max");
    Map<String, JsonElement> own =
        Probe.ask(emulator, accelerator, List.of(Probe.question(DEFINITIONS), best));
    List<JsonObject> definitions = new ArrayList<>();
    if (own.containsKey(DEFINITIONS)) {
      own.get(DEFINITIONS).getAsJsonArray().forEach(d -> definitions.add(d.getAsJsonObject()));
    }
    // Versions of a model, and what stands for the host itself, are no models of a definition.
    definitions.removeIf(d -> name(d).matches(".*-v[0-9]+|host|max|base"));
    if (definitions.isEmpty()) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "ask " + emulator + ": no CPU models");
    }
    // An accelerator adds features of its own to each model; this one adds none.
    Map<String, JsonElement> expanded =
        Probe.ask(emulator, TCG, definitions.stream().map(d -> expansion(name(d))).toList());
    List<CpuModel> models = new ArrayList<>();
    Set<String> features = new TreeSet<>();
    for (JsonObject definition : definitions) {
      JsonElement answer = expanded.get(name(definition));
      models.add(model(definition, answer));
      features.addAll(properties(answer, true));
      features.addAll(properties(answer, false));
    }
    models.sort(Comparator.comparing(CpuModel::name));
    return new CpuTable(
        models, features, Optional.ofNullable(own.get(best.id())).map(CpuDefinitions::cpu));
  }

  private static String name(JsonObject definition) {
    return definition.get("name").getAsString();
  }

  private static Question expansion(String model) {
    JsonObject named = new JsonObject();
    named.addProperty("name", model);
    JsonObject arguments = new JsonObject();
    arguments.addProperty("type", "static");
    arguments.add("model", named);
    return new Question(model, "query-cpu-model-expansion", arguments);
  }

  private static CpuModel model(JsonObject definition, JsonElement expanded) {
    String name = name(definition);
    JsonElement missing = definition.get("unavailable-features");
    boolean usable = missing != null && missing.getAsJsonArray().isEmpty();
    Cpu cpu = expanded == null ? new Cpu("", Set.of()) : cpu(expanded);
    Set<String> features = new TreeSet<>(cpu.features());
    // Every guest sees that it is one; libvirt's models do not say so.
    features.remove("hypervisor");
    return new CpuModel(name, usable, new Cpu(name.matches(ANYBODY) ? "" : cpu.vendor(), features));
  }

  private static Cpu cpu(JsonElement answer) {
    JsonElement vendor = members(answer).get("vendor");
    String own = vendor == null ? "" : Cpu.vendor(vendor.getAsString());
    return new Cpu(own, properties(answer, true));
  }

  private static Set<String> properties(JsonElement answer, boolean state) {
    Set<String> features = new TreeSet<>();
    if (answer != null) {
      for (Map.Entry<String, JsonElement> member : members(answer).entrySet()) {
        JsonElement value = member.getValue();
        boolean flag = value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
        // What KVM itself offers is chosen under features and clock, not as part of the CPU.
        if (flag && value.getAsBoolean() == state && !member.getKey().startsWith("kvm")) {
          features.add(FeatureNames.libvirt(member.getKey()));
        }
      }
    }
    return features;
  }

  private static Map<String, JsonElement> members(JsonElement answer) {
    JsonElement members = answer.getAsJsonObject().getAsJsonObject("model").get("props");
    return members == null ? Map.of() : members.getAsJsonObject().asMap();
  }
}
