package org.virt.driver.qemu.internal.host;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/** The CPU models of QEMU programs, asked of each once and again when its file has changed. */
public final class CpuDefinitions {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String QUESTIONS =
      """
      {"execute": "qmp_capabilities"}
      {"execute": "query-cpu-definitions", "id": "models"}
      {"execute": "quit"}
      """;

  private final Map<Key, List<Model>> known = new ConcurrentHashMap<>();

  /** What was asked: with KVM other models are usable than without. */
  private record Key(Path emulator, FileTime changed, String accelerator) {}

  /**
   * A CPU model.
   *
   * @param name QEMU's name of it
   * @param usable whether the host, or the emulation, has all of its features
   */
  public record Model(String name, boolean usable) {}

  /**
   * Returns the models of a program, sorted.
   *
   * @param accelerator {@code kvm} or {@code tcg}
   */
  public List<Model> of(Path emulator, String accelerator) throws VirtException {
    Key key;
    try {
      key = new Key(emulator, Files.getLastModifiedTime(emulator), accelerator);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "ask " + emulator + ": " + e, e);
    }
    List<Model> models = known.get(key);
    if (models == null) {
      models = ask(emulator, accelerator);
      known.put(key, models);
    }
    return models;
  }

  private static List<Model> ask(Path emulator, String accelerator) throws VirtException {
    Result result =
        Command.of(
                emulator.toString(),
                "-S",
                "-no-user-config",
                "-nodefaults",
                "-display",
                "none",
                "-machine",
                "none,accel=" + accelerator,
                "-qmp",
                "stdio")
            .withInput(QUESTIONS)
            .withLimit(LIMIT)
            .run();
    List<Model> models = new ArrayList<>();
    try {
      for (String line : result.out().lines().toList()) {
        JsonObject message = JsonParser.parseString(line).getAsJsonObject();
        if (message.has("id") && message.has("return")) {
          message.getAsJsonArray("return").forEach(model -> add(models, model.getAsJsonObject()));
        }
      }
    } catch (RuntimeException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "ask " + emulator + ": its answer is no QMP: " + e, e);
    }
    if (models.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "ask " + emulator + ": " + result.reason());
    }
    models.sort(Comparator.comparing(Model::name));
    return List.copyOf(models);
  }

  /** Versions of a model and what stands for the host itself are no models of a definition. */
  private static void add(List<Model> models, JsonObject model) {
    String name = model.get("name").getAsString();
    JsonElement missing = model.get("unavailable-features");
    boolean odd = name.matches(".*-v[0-9]+") || name.matches("host|max|base");
    if (!odd) {
      boolean usable = missing != null && missing.getAsJsonArray().isEmpty();
      models.add(new Model(name, usable));
    }
  }
}
