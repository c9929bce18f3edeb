package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Passwords of screens, which must not stand on a command line. */
final class ScreenPassword {
  /** Of any width, as libvirt reads it. */
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("u-M-d'T'H:m:s");

  private ScreenPassword() {}

  /** Gives each screen of a run its password. */
  static void setAll(Run run) throws VirtException {
    if (run.live.config().devices.graphics.stream().allMatch(screen -> screen.passwd == null)) {
      return;
    }
    for (XmlElement device : DeviceEdit.all(DomainTree.of(run.live.secretXml()))) {
      if (device.name().equals("graphics") && device.attribute("passwd") != null) {
        set(run, device);
      }
    }
  }

  /** Gives a screen the password that its element has, until its end; clients may go or stay. */
  static void set(Run run, XmlElement graphics) throws VirtException {
    String end = end(graphics.attribute("passwdValidTo"), Instant.now());
    String protocol = graphics.attribute("type");
    JsonObject password =
        Json.object("protocol", protocol, "password", graphics.attribute("passwd"));
    String connected = graphics.attribute("connected");
    if (connected != null) {
      password.addProperty("connected", connected);
    }
    run.execute("set_password", password);
    run.execute("expire_password", Json.object("protocol", protocol, "time", end));
  }

  /**
   * Returns QEMU's word for the end of a password.
   *
   * @param until a time of UTC, null for never
   */
  static String end(String until, Instant now) throws VirtException {
    if (until == null) {
      return "never";
    }
    try {
      Instant end = LocalDateTime.parse(until, TIME).toInstant(ZoneOffset.UTC);
      return end.isAfter(now) ? Long.toString(end.getEpochSecond()) : "now";
    } catch (DateTimeParseException e) {
      throw Refusal.xml("/domain/devices/graphics/@passwdValidTo", "'" + until + "' is no time");
    }
  }
}
