package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.QmpMonitor;

/** Commands that were given before their answers are needed, so that many QEMUs work at a time. */
final class Questions implements Asking {
  private final Run run;
  private final Map<String, QmpMonitor.Given> given = new HashMap<>();

  Questions(Run run) {
    this.run = run;
  }

  /** Gives a command; where that fails, whoever needs the answer is told. */
  void give(String command, JsonObject arguments) {
    try {
      given.put(command, run.connect().give(command, arguments, Run.COMMAND_LIMIT));
    } catch (VirtException e) {
      given.remove(command);
    }
  }

  @Override
  public JsonElement execute(String command, JsonObject arguments) throws VirtException {
    QmpMonitor.Given question = given.remove(command);
    return question == null ? run.execute(command, arguments) : question.answer();
  }
}
