package org.virt.driver.qemu.internal.board;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What firmware tells of the machine's maker. */
public final class SmbiosPart implements Part {
  private static final Map<String, String> TYPES =
      Map.of("bios", "0", "system", "1", "baseBoard", "2", "chassis", "3", "oemStrings", "11");

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    for (Node info : root.children("sysinfo")) {
      info.oneOf("@type", "smbios", "fwcfg");
      for (Node entry : info.children("system")) {
        for (Node field : entry.children("entry")) {
          String digits = field.text().replaceAll("[-\\s]", "");
          boolean other = !digits.equalsIgnoreCase(root.get("uuid").replace("-", ""));
          if (field.is("@name", "uuid") && other) {
            throw Refusal.xml(field.path(), "is not the UUID of the machine");
          }
        }
      }
      for (Node entry : info.is("@type", "fwcfg") ? info.children("entry") : List.<Node>of()) {
        if (!entry.require("@name").startsWith("opt/")) {
          throw Refusal.of(entry.path("@name"), "does not begin with 'opt/'");
        }
        if (!entry.has("@file") && entry.text().isEmpty()) {
          throw Refusal.xml(entry.path(), "has neither a value nor a file");
        }
      }
      for (Node entry : info.children("bios")) {
        for (Node field : entry.children("entry")) {
          boolean date = field.is("@name", "date");
          if (date && !field.text().matches("[0-1]?[0-9]/[0-3]?[0-9]/([0-9]{2}|[0-9]{4})")) {
            throw Refusal.xml(field.path(), "'" + field.text() + "' is not month/day/year");
          }
        }
      }
    }
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    boolean ours = root.is("os/smbios/@mode", "sysinfo");
    for (Node info : root.children("sysinfo")) {
      if (info.is("@type", "fwcfg")) {
        files(info, out);
      } else if (ours) {
        single(info);
        for (Node table : info.children()) {
          table(table, out);
        }
      }
    }
    if (root.is("os/smbios/@mode", "host")) {
      throw Refusal.value("/domain/os/smbios/@mode", "host");
    }
  }

  private static void files(Node info, CommandLine out) throws VirtException {
    for (Node entry : info.children("entry")) {
      String name = "name=" + CommandLine.escape(entry.require("@name"));
      String file = entry.get("@file");
      String value =
          file == null
              ? ",string=" + CommandLine.escape(entry.text())
              : ",file=" + CommandLine.escape(file);
      out.add("-fw_cfg", name + value);
    }
  }

  private static void single(Node info) throws VirtException {
    List<Node> boards = info.children("baseBoard");
    if (boards.size() > 1) {
      throw Refusal.of(boards.get(1).path(), "QEMU describes one board only");
    }
  }

  private static void table(Node table, CommandLine out) throws VirtException {
    String type = TYPES.get(table.name());
    if (type == null) {
      throw Refusal.of(table.path(), "not known");
    }
    StringBuilder options = new StringBuilder("type=").append(type);
    for (Node entry : table.children("entry")) {
      String name = table.name().equals("oemStrings") ? "value" : entry.get("@name", "");
      options.append(',').append(name).append('=').append(CommandLine.escape(entry.text()));
    }
    out.add("-smbios", options.toString());
  }
}
