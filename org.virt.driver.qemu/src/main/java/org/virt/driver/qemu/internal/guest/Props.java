package org.virt.driver.qemu.internal.guest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;

/** Members of an object of QEMU's, in order. For one thread. */
public final class Props {
  private final JsonObject json = new JsonObject();

  /** Starts a device. */
  public static Props device(String driver) {
    return new Props().put("driver", driver);
  }

  /** Starts what a network card is plugged into. */
  public static Props netdev(String type, String id) {
    return new Props().put("type", type).put("id", id);
  }

  /** Starts an object of a type. */
  public static Props object(String type, String id) {
    return new Props().put("qom-type", type).put("id", id);
  }

  /** Adds a member: a string, number, boolean, list of them or other members; nothing for null. */
  public Props put(String name, Object value) {
    if (value != null) {
      json.add(name, json(value));
    }
    return this;
  }

  private static JsonElement json(Object value) {
    if (value instanceof Props props) {
      return props.json;
    }
    if (value instanceof JsonElement element) {
      return element;
    }
    if (value instanceof List<?> list) {
      JsonArray array = new JsonArray();
      list.forEach(item -> array.add(json(item)));
      return array;
    }
    if (value instanceof Boolean truth) {
      return new JsonPrimitive(truth);
    }
    return value instanceof Number number
        ? new JsonPrimitive(number)
        : new JsonPrimitive((String) value);
  }

  /** Returns a member as text, null when it is not there. */
  public String get(String name) {
    JsonElement member = json.get(name);
    return member == null ? null : member.getAsString();
  }

  /** Returns the object. */
  public JsonObject json() {
    return json;
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
