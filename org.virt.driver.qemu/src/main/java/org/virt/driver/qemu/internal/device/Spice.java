package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;

/** SPICE servers. */
final class Spice {
  private static final Map<String, String> COMPRESSION =
      Map.of(
          "image", "image-compression",
          "jpeg", "jpeg-wan-compression",
          "zlib", "zlib-glz-wan-compression",
          "playback", "playback-compression");

  private Spice() {}

  static void write(Machine machine, Node graphics, CommandLine out) throws VirtException {
    List<String> options = new ArrayList<>();
    boolean gl = graphics.on("gl/@enable");
    switch (graphics.get("listen/@type", "address")) {
      case "socket" -> {
        String folder = machine.facts().socketFolder();
        String socket = graphics.get("listen/@socket", folder + "/spice.sock");
        options.add("unix=on");
        options.add("addr=" + CommandLine.escape(socket));
      }
      case "none" -> options.add("port=0");
      default -> {
        String port = graphics.get("@port", graphics.has("@tlsPort") ? null : "5900");
        if (port != null) {
          options.add("port=" + port);
        }
        if (graphics.has("@tlsPort") && !graphics.is("@tlsPort", "-1")) {
          options.add("tls-port=" + graphics.get("@tlsPort"));
          String folder = machine.facts().screenTls().spice();
          options.add("x509-dir=" + CommandLine.escape(folder));
        }
        options.add("addr=" + GraphicsPart.address(graphics));
      }
    }
    if (!graphics.has("@passwd")) {
      options.add("disable-ticketing=on");
    }
    settings(graphics, options);
    if (gl) {
      options.add("gl=on");
      String node = graphics.get("gl/@rendernode");
      if (node != null) {
        options.add("rendernode=" + CommandLine.escape(node));
      }
    }
    options.add("seamless-migration=on");
    out.add("-spice", String.join(",", options));
  }

  private static void settings(Node graphics, List<String> options) throws VirtException {
    if (graphics.is("mouse/@mode", "server")) {
      options.add("agent-mouse=off");
    } else if (graphics.is("mouse/@mode", "client")) {
      options.add("agent-mouse=on");
    }
    if (graphics.has("@defaultMode") && !graphics.is("@defaultMode", "any")) {
      boolean secure = graphics.is("@defaultMode", "secure");
      options.add((secure ? "tls" : "plaintext") + "-channel=default");
    }
    for (Node channel : graphics.children("channel")) {
      String name = channel.require("@name");
      channel.oneOf("@mode", "secure", "insecure", "any");
      if (!channel.is("@mode", "any")) {
        options.add((channel.is("@mode", "secure") ? "tls" : "plaintext") + "-channel=" + name);
      }
    }
    for (String element : List.of("image", "jpeg", "zlib", "playback")) {
      String value = graphics.get(element + "/@compression");
      if (value != null) {
        options.add(COMPRESSION.get(element) + "=" + value);
      }
    }
    if (graphics.has("streaming/@mode")) {
      options.add("streaming-video=" + graphics.get("streaming/@mode"));
    }
    if (graphics.is("clipboard/@copypaste", "no")) {
      options.add("disable-copy-paste=on");
    }
    if (graphics.is("filetransfer/@enable", "no")) {
      options.add("disable-agent-file-xfer=on");
    }
  }
}
