package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.driver.qemu.internal.device.GraphicsPart;
import org.virt.model.domain.CharDevice;
import org.virt.model.domain.Devices;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Graphics;

/** Fills into the configuration of a run what QEMU has chosen. */
final class LiveConfig {
  private static final String PTY = "pty:";

  private LiveConfig() {}

  /** Fills in the terminals, from the answer to {@code query-chardev}. */
  static void fillTerminals(DomainConfig config, JsonElement answer) {
    Map<String, String> terminals = new HashMap<>();
    for (JsonElement element : answer.getAsJsonArray()) {
      JsonObject device = element.getAsJsonObject();
      String file = device.get("filename").getAsString();
      if (file.startsWith(PTY)) {
        terminals.put(device.get("label").getAsString(), file.substring(PTY.length()));
      }
    }
    Devices devices = config.devices;
    List<CharDevice> all = new ArrayList<>(devices.serials);
    all.addAll(devices.channels);
    all.addAll(devices.consoles);
    for (CharDevice device : all) {
      String terminal = terminals.get("char" + device.alias.name);
      if (terminal == null || !"pty".equals(device.type)) {
        continue;
      }
      CharDevice.Source source = new CharDevice.Source();
      source.path = terminal;
      device.sources = new ArrayList<>(List.of(source));
      if (devices.consoles.contains(device)) {
        device.tty = terminal;
      }
    }
  }

  /** Fills in where screens are served that the definition gives no address. */
  static void fillAddresses(DomainConfig config) {
    for (Graphics graphics : config.devices.graphics) {
      for (Graphics.Listen listen : graphics.listens) {
        boolean served = isVnc(graphics) || "spice".equals(graphics.type);
        if (served && "address".equals(listen.type) && listen.address == null) {
          listen.address = GraphicsPart.USUAL_ADDRESS;
          graphics.listen = listen.address;
        }
      }
    }
  }

  /** Fills in the port of the VNC server, from the answer to {@code query-vnc}. */
  static void fillPort(DomainConfig config, JsonElement answer) {
    JsonElement service = answer.getAsJsonObject().get("service");
    for (Graphics graphics : config.devices.graphics) {
      if (!isVnc(graphics)) {
        continue;
      }
      boolean automatic =
          "yes".equals(graphics.autoport) || graphics.port == null || graphics.port.equals("-1");
      if (service != null && service.getAsString().matches("[0-9]+")) {
        graphics.port = service.getAsString();
        graphics.autoport = automatic ? "yes" : "no";
      }
    }
  }

  static boolean isVnc(Graphics graphics) {
    return "vnc".equals(graphics.type);
  }

  /** Returns QEMU's word for its state, from the answer to {@code query-status}. */
  static String status(JsonElement answer) {
    return answer.isJsonObject() && answer.getAsJsonObject().has("status")
        ? answer.getAsJsonObject().get("status").getAsString()
        : "";
  }
}
