package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/** Makes and reads the JSON of the monitor. */
final class Json {
  private Json() {}

  /** Makes an object of members and values in turn, those that are null left out. */
  static JsonObject object(Object... members) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < members.length; i += 2) {
      Object value = members[i + 1];
      if (value != null) {
        object.add((String) members[i], element(value));
      }
    }
    return object;
  }

  private static JsonElement element(Object value) {
    if (value instanceof JsonElement element) {
      return element;
    }
    if (value instanceof Boolean truth) {
      return new JsonPrimitive(truth);
    }
    return value instanceof Number number
        ? new JsonPrimitive(number)
        : new JsonPrimitive((String) value);
  }

  /** Returns a member's text; empty when it is absent or no primitive. */
  static String text(JsonElement object, String member) {
    JsonElement value = member(object, member);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }

  /** Returns a member's number; −1 when it is absent. */
  static long number(JsonElement object, String member) {
    JsonElement value = member(object, member);
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()
        ? value.getAsLong()
        : -1;
  }

  /** Returns a member that is an object; an empty one when it is absent. */
  static JsonObject child(JsonElement object, String member) {
    JsonElement value = member(object, member);
    return value != null && value.isJsonObject() ? value.getAsJsonObject() : new JsonObject();
  }

  /** Returns an array; an empty one when it is none. */
  static JsonArray array(JsonElement element) {
    return element != null && element.isJsonArray() ? element.getAsJsonArray() : new JsonArray();
  }

  private static JsonElement member(JsonElement object, String member) {
    return object != null && object.isJsonObject() ? object.getAsJsonObject().get(member) : null;
  }
}
