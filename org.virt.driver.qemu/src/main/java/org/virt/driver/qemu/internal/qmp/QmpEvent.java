package org.virt.driver.qemu.internal.qmp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Objects;

/**
 * Something that QEMU tells on its own.
 *
 * @param name QEMU's name of it, such as {@code SHUTDOWN}
 * @param data its members; empty when it has none
 */
public record QmpEvent(String name, JsonObject data) {
  public QmpEvent {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(data, "data");
  }

  /** Returns a member's text, or an empty one when it is absent or no text. */
  public String text(String member) {
    JsonElement value = data.get(member);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }
}
