package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Duration;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.QemuVerbs;

/** Commands that go to the monitor or the agent of one machine as they are. */
record Straight(MachineHost host, DomainId id) implements QemuVerbs {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Override
  public String monitorCommand(String command, Language language) throws VirtException {
    Run run = host.find(id).active("give a command to the monitor of");
    if (language == Language.HMP) {
      JsonElement answer =
          run.execute("human-monitor-command", Json.object("command-line", command), LIMIT);
      return answer.getAsString().stripTrailing();
    }
    JsonObject question = object(command);
    try {
      JsonElement answer =
          run.execute(Json.text(question, "execute"), Json.child(question, "arguments"), LIMIT);
      return Json.object("return", answer).toString();
    } catch (VirtException e) {
      if (e.code() != ErrorCode.OPERATION_FAILED) {
        throw e;
      }
      // What QEMU says to a wrong command is its answer, too.
      JsonObject error = Json.object("class", "GenericError", "desc", e.getMessage());
      return Json.object("error", error).toString();
    }
  }

  private static JsonObject object(String command) throws VirtException {
    try {
      JsonElement parsed = JsonParser.parseString(command);
      if (parsed.isJsonObject() && !Json.text(parsed, "execute").isEmpty()) {
        return parsed.getAsJsonObject();
      }
    } catch (JsonParseException e) {
      // Told below.
    }
    throw new VirtException(
        ErrorCode.INVALID_ARG, "'" + command + "' is not a command of QMP in JSON");
  }

  @Override
  public String agentCommand(String command, Duration limit) throws VirtException {
    Run run = host.find(id).active("give a command to the agent of");
    return new Agent(run).exchange(object(command).toString(), limit).toString();
  }
}
