package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Where sound goes to and comes from on the host. */
public final class Audio implements Part {
  /** Names of settings in domain XML and QEMU's, of one direction. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("mixingEngine", "mixing-engine"),
          Map.entry("fixedSettings", "fixed-settings"),
          Map.entry("voices", "voices"),
          Map.entry("bufferLength", "buffer-length"),
          Map.entry("bufferCount", "buffer-count"),
          Map.entry("dev", "dev"),
          Map.entry("tryPoll", "try-poll"),
          Map.entry("name", "name"),
          Map.entry("streamName", "stream-name"),
          Map.entry("latency", "latency"),
          Map.entry("serverName", "server-name"),
          Map.entry("clientName", "client-name"),
          Map.entry("connectPorts", "connect-ports"),
          Map.entry("exactName", "exact-name"));

  static Node find(Guest guest, String id) {
    for (Node audio : guest.devices("audio")) {
      if (audio.is("@id", id)) {
        return audio;
      }
    }
    return null;
  }

  /** Returns the name of the backend that a device uses: the one it names, or the first. */
  public static String of(Guest guest, Node device) {
    List<Node> all = guest.devices("audio");
    String first = all.isEmpty() ? "1" : all.get(0).get("@id", "1");
    return "audio" + device.get("audio/@id", first);
  }

  /** Adds the backend that fits the graphics, unless there is one. */
  static void addDefault(Guest guest) {
    if (!guest.devices("audio").isEmpty()) {
      return;
    }
    String type = "none";
    for (Node graphics : guest.devices("graphics")) {
      if (graphics.is("@type", "spice", "sdl")) {
        type = graphics.get("@type");
        break;
      }
    }
    guest.devices().add(Node.of("audio", "id", "1", "type", type));
  }

  @Override
  public void check(Guest guest, Node audio) throws VirtException {
    audio.require("@type");
    audio.require("@id");
    if (find(guest, audio.get("@id")) != audio) {
      throw Refusal.xml(audio.path("@id"), "'" + audio.get("@id") + "' is there twice");
    }
    audio.oneOf(
        "@type",
        "none",
        "alsa",
        "coreaudio",
        "dbus",
        "file",
        "jack",
        "oss",
        "pulseaudio",
        "sdl",
        "spice");
    boolean spice = guest.devices("graphics").stream().anyMatch(g -> g.is("@type", "spice"));
    if (audio.is("@type", "spice") && !spice) {
      throw Refusal.of(audio.path("@type"), "needs graphics of type 'spice'");
    }
    settings(audio.child("input"));
    settings(audio.child("output"));
  }

  private static void settings(Node end) throws VirtException {
    if (end == null) {
      return;
    }
    if (end.has("settings") && !end.on("@fixedSettings")) {
      throw Refusal.of(end.path("settings"), "needs fixedSettings='yes'");
    }
    if (end.on("@fixedSettings") && !end.on("@mixingEngine")) {
      throw Refusal.of(end.path("@fixedSettings"), "needs mixingEngine='yes'");
    }
  }

  @Override
  public void write(Machine machine, Node audio, CommandLine out) throws VirtException {
    String type = audio.get("@type");
    Props props = new Props().put("id", "audio" + audio.get("@id"));
    props.put("driver", type.equals("file") ? "wav" : type.equals("pulseaudio") ? "pa" : type);
    props.put("timer-period", audio.number("@timerPeriod"));
    props.put("path", audio.get("@path")).put("server", audio.get("@serverName"));
    props.put("try-mmap", audio.flag("@tryMMap")).put("exclusive", audio.flag("@exclusive"));
    props.put("dsp-policy", audio.number("@dspPolicy"));
    direction(audio.child("input"), "in", props);
    direction(audio.child("output"), "out", props);
    out.add("-audiodev", props);
  }

  private static void direction(Node end, String name, Props props) throws VirtException {
    if (end == null) {
      return;
    }
    Props settings = new Props();
    for (String attribute : end.attributes()) {
      String theirs = NAMES.get(attribute);
      if (theirs == null) {
        throw Refusal.of(end.path("@" + attribute), "not known");
      }
      settings.put(theirs, value(end, attribute));
    }
    Node format = end.child("settings");
    if (format != null) {
      settings.put("frequency", format.number("@frequency"));
      settings.put("channels", format.number("@channels")).put("format", format.get("@format"));
    }
    props.put(name, settings);
  }

  private static Object value(Node end, String attribute) throws VirtException {
    String text = end.get("@" + attribute);
    if (text.matches("yes|no")) {
      return text.equals("yes");
    }
    return text.matches("[0-9]+") ? (Object) Numbers.parse(text) : text;
  }
}
