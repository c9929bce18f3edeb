package org.virt.driver.qemu.internal.qmp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/** Asks a QEMU program, without a machine, what it can do; it ends with its answers. */
public final class Probe {
  /** Under which the greeting is among the answers. */
  public static final String GREETING = "QMP";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Probe() {}

  /**
   * A question of QMP.
   *
   * @param id by which the answer is found
   */
  public record Question(String id, String command, JsonObject arguments) {
    private String json() {
      JsonObject line = new JsonObject();
      line.addProperty("execute", command);
      line.add("arguments", arguments);
      line.addProperty("id", id);
      return line + "\n";
    }
  }

  /** Makes a question without arguments, whose answer has the name of the command. */
  public static Question question(String command) {
    return new Question(command, command, new JsonObject());
  }

  /**
   * Asks; takes as long as QEMU's own start.
   *
   * @param accelerator such as {@code tcg:kvm}
   * @return the answers by the questions' names; what the program does not know is not there
   * @throws VirtException {@code OPERATION_FAILED} with the path and the reason
   */
  public static Map<String, JsonElement> ask(
      Path emulator, String accelerator, List<Question> questions) throws VirtException {
    StringBuilder input = new StringBuilder(question("qmp_capabilities").json());
    questions.forEach(question -> input.append(question.json()));
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
            .withInput(input.append(question("quit").json()).toString())
            .withLimit(LIMIT)
            .run();
    Map<String, JsonElement> answers = new HashMap<>();
    try {
      for (String line : result.out().lines().toList()) {
        JsonObject message = JsonParser.parseString(line).getAsJsonObject();
        if (message.has(GREETING)) {
          answers.put(GREETING, message.get(GREETING));
        } else if (message.has("id") && message.has("return")) {
          answers.put(message.get("id").getAsString(), message.get("return"));
        }
      }
    } catch (RuntimeException e) {
      throw failure(emulator, "its answer is no QMP: " + e.getMessage());
    }
    if (!answers.containsKey(GREETING)) {
      throw failure(emulator, result.reason());
    }
    return answers;
  }

  /** Makes the error for a program that does not say what it must. */
  public static VirtException failure(Path emulator, String reason) {
    return new VirtException(ErrorCode.OPERATION_FAILED, "ask " + emulator + ": " + reason);
  }
}
