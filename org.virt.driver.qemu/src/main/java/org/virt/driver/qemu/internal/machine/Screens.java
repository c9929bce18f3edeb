package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Screen and keyboard of one machine. */
record Screens(MachineHost host, DomainId id) implements ScreenVerbs {
  private static final Duration PICTURE_LIMIT = Duration.ofSeconds(15);
  private static final int MAX_KEYS = 16;

  @Override
  public Picture screenshot(int screen) throws VirtException {
    Machine machine = host.find(id);
    Run run = machine.active("take a screenshot of");
    List<XmlElement> videos =
        DeviceEdit.all(DomainTree.of(run.live.xml())).stream()
            .filter(d -> d.name().equals("video"))
            .toList();
    if (screen < 0 || (screen > 0 && screen >= videos.size())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "no such screen " + screen + " of domain " + machine.name);
    }
    Path file = run.paths.sockets().resolve("screen-" + System.nanoTime() + ".png");
    try {
      JsonObject wanted = Json.object("filename", file.toString(), "format", "png");
      if (screen > 0) {
        wanted.addProperty("device", DeviceEdit.alias(videos.get(screen)));
      }
      run.connect().execute("screendump", wanted, PICTURE_LIMIT);
      return new Picture("image/png", Files.readAllBytes(file));
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "take a screenshot of domain " + machine.name + ": " + e, e);
    } finally {
      MachineFiles.deleteQuietly(file);
    }
  }

  @Override
  public void sendKey(KeyCodes set, List<Integer> codes, Duration hold) throws VirtException {
    if (codes.isEmpty() || codes.size() > MAX_KEYS) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "send keys: from 1 to " + MAX_KEYS + " keys can be pressed");
    }
    JsonArray keys = new JsonArray();
    for (int code : codes) {
      keys.add(Json.object("type", "number", "data", KeyTable.number(set, code)));
    }
    JsonObject press = Json.object("keys", keys);
    if (!hold.isZero()) {
      press.addProperty("hold-time", hold.toMillis());
    }
    host.find(id).active("send keys to").execute("send-key", press);
  }

  @Override
  public void injectNmi() throws VirtException {
    host.find(id).active("inject an NMI into").execute("inject-nmi");
  }
}
