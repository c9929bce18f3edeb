package org.virt.driver.qemu.internal.host;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.Probe;

/**
 * What one QEMU program can do, as it says itself.
 *
 * @param path the program
 * @param version its version
 * @param machines its machine types, in its order
 */
public record QemuBinary(
    Path path, Version version, List<MachineType> machines, Set<String> types) {
  private static final String MACHINES = "query-machines";
  private static final String TYPES = "qom-list-types";

  public QemuBinary {
    machines = List.copyOf(machines);
    types = Set.copyOf(types);
  }

  /**
   * A machine type.
   *
   * @param name the exact type, such as {@code pc-i440fx-7.2}
   * @param alias a short name that means this type, where there is one
   * @param maxCpus the most virtual CPUs
   */
  public record MachineType(String name, Optional<String> alias, int maxCpus) {}

  /**
   * Asks a program; takes as long as QEMU's own start.
   *
   * @throws VirtException {@code OPERATION_FAILED} with the path and the reason
   */
  static QemuBinary ask(Path path) throws VirtException {
    JsonObject concrete = new JsonObject();
    concrete.addProperty("abstract", false);
    Map<String, JsonElement> answers =
        Probe.ask(
            path,
            "tcg:kvm",
            List.of(Probe.question(MACHINES), new Probe.Question(TYPES, TYPES, concrete)));
    List<MachineType> machines = new ArrayList<>();
    Set<String> types = new HashSet<>();
    if (answers.containsKey(MACHINES)) {
      machines(answers.get(MACHINES).getAsJsonArray(), machines);
    }
    if (answers.containsKey(TYPES)) {
      answers
          .get(TYPES)
          .getAsJsonArray()
          .forEach(t -> types.add(t.getAsJsonObject().get("name").getAsString()));
    }
    if (machines.isEmpty()) {
      throw Probe.failure(path, "it names no machine types");
    }
    Version version = version(answers.get(Probe.GREETING).getAsJsonObject());
    return new QemuBinary(path, version, machines, types);
  }

  private static Version version(JsonObject greeting) {
    JsonObject qemu = greeting.getAsJsonObject("version").getAsJsonObject("qemu");
    return new Version(
        qemu.get("major").getAsInt(), qemu.get("minor").getAsInt(), qemu.get("micro").getAsInt());
  }

  private static void machines(JsonArray answer, List<MachineType> machines) {
    for (JsonElement element : answer) {
      JsonObject machine = element.getAsJsonObject();
      JsonElement alias = machine.get("alias");
      machines.add(
          new MachineType(
              machine.get("name").getAsString(),
              Optional.ofNullable(alias).map(JsonElement::getAsString),
              machine.get("cpu-max").getAsInt()));
    }
  }

  /** Returns the exact type that a name means; a name that is no alias is returned as it is. */
  public String exact(String machine) {
    return machines.stream()
        .filter(type -> type.alias().filter(machine::equals).isPresent())
        .map(MachineType::name)
        .findFirst()
        .orElse(machine);
  }
}
