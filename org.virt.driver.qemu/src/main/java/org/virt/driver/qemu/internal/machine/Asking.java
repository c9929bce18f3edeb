package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.virt.api.VirtException;

/** Somebody who gives QEMU commands and has its answers. */
interface Asking {
  /** Gives a command. */
  JsonElement execute(String command, JsonObject arguments) throws VirtException;

  /** Gives a command without arguments. */
  default JsonElement execute(String command) throws VirtException {
    return execute(command, new JsonObject());
  }
}
