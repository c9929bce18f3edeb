package org.virt.driver.qemu.internal.host;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/**
 * What one QEMU program can do, as it says itself.
 *
 * @param path the program
 * @param version its version
 * @param machines its machine types, in its order
 */
public record QemuBinary(
    Path path, Version version, List<MachineType> machines, Set<String> types) {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String QUESTIONS =
      """
      {"execute": "qmp_capabilities"}
      {"execute": "query-machines", "id": "machines"}
      {"execute": "qom-list-types", "arguments": {"abstract": false}, "id": "types"}
      {"execute": "quit"}
      """;

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
    Result result =
        Command.of(
                path.toString(),
                "-S",
                "-no-user-config",
                "-nodefaults",
                "-display",
                "none",
                "-machine",
                "none,accel=tcg:kvm",
                "-qmp",
                "stdio")
            .withInput(QUESTIONS)
            .withLimit(LIMIT)
            .run();
    Version version = null;
    List<MachineType> machines = new ArrayList<>();
    Set<String> types = new HashSet<>();
    try {
      for (String line : result.out().lines().toList()) {
        JsonObject message = JsonParser.parseString(line).getAsJsonObject();
        if (message.has("QMP")) {
          version = version(message);
        } else if (message.has("id") && message.has("return")) {
          JsonArray answer = message.getAsJsonArray("return");
          if (message.get("id").getAsString().equals("machines")) {
            machines(answer, machines);
          } else {
            answer.forEach(t -> types.add(t.getAsJsonObject().get("name").getAsString()));
          }
        }
      }
    } catch (RuntimeException e) {
      throw failure(path, "its answer is no QMP: " + e.getMessage());
    }
    if (version == null || machines.isEmpty()) {
      throw failure(path, result.reason());
    }
    return new QemuBinary(path, version, machines, types);
  }

  private static VirtException failure(Path path, String reason) {
    return new VirtException(ErrorCode.OPERATION_FAILED, "ask " + path + ": " + reason);
  }

  private static Version version(JsonObject greeting) {
    JsonObject qemu =
        greeting.getAsJsonObject("QMP").getAsJsonObject("version").getAsJsonObject("qemu");
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
