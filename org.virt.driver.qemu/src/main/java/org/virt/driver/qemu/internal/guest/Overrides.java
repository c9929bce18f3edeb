package org.virt.driver.qemu.internal.guest;

import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.virt.api.VirtException;

/** Properties of devices that the user has set himself ({@code qemu:override}). */
final class Overrides {
  private final Map<String, Node> devices = new HashMap<>();

  Overrides(Node root) {
    for (Node override : root.children("qemu:override")) {
      for (Node device : override.children("qemu:device")) {
        devices.put(device.get("@alias", ""), device);
      }
    }
  }

  void apply(Props props) throws VirtException {
    Node device = devices.get(String.valueOf(props.get("id")));
    Node front = device == null ? null : device.child("qemu:frontend");
    if (front == null) {
      return;
    }
    for (Node property : front.children("qemu:property")) {
      set(props.json(), property);
    }
  }

  private static void set(JsonObject json, Node property) throws VirtException {
    String name = property.require("@name");
    String type = property.require("@type");
    switch (type) {
      case "string" -> json.addProperty(name, property.get("@value", ""));
      case "bool" -> json.addProperty(name, property.is("@value", "true"));
      case "signed", "unsigned" -> json.addProperty(name, property.number("@value", 0));
      case "remove" -> json.remove(name);
      default -> throw Refusal.value(property.path("@type"), type);
    }
  }
}
