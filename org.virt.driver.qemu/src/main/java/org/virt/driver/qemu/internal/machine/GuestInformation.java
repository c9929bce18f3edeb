package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs.FileSystem;
import org.virt.api.domain.AgentVerbs.GuestInterface;
import org.virt.api.domain.AgentVerbs.InfoGroup;
import org.virt.api.domain.TypedParameters;

/** What a guest says of itself, with libvirt's names. A group that its agent lacks is left out. */
final class GuestInformation {
  /** The agent's and libvirt's names of what it says of its system. */
  private static final Map<String, String> OS =
      Map.of(
          "id", "os.id",
          "name", "os.name",
          "pretty-name", "os.pretty-name",
          "version", "os.version",
          "version-id", "os.version-id",
          "machine", "os.machine",
          "variant", "os.variant",
          "variant-id", "os.variant-id",
          "kernel-release", "os.kernel-release",
          "kernel-version", "os.kernel-version");

  private final Agent agent;
  private final AgentWork work;

  GuestInformation(Agent agent, AgentWork work) {
    this.agent = agent;
    this.work = work;
  }

  TypedParameters read(Set<InfoGroup> groups) throws VirtException {
    TypedParameters.Builder out = TypedParameters.builder();
    for (InfoGroup group : InfoGroup.values()) {
      if (!groups.isEmpty() && !groups.contains(group)) {
        continue;
      }
      try {
        read(group, out);
      } catch (VirtException e) {
        // Asked for by name it is an error, as part of all it is not there.
        if (!groups.isEmpty() || e.code() != ErrorCode.INTERNAL_ERROR) {
          throw e;
        }
      }
    }
    return out.build();
  }

  private void read(InfoGroup group, TypedParameters.Builder out) throws VirtException {
    switch (group) {
      case USERS -> users(Json.array(agent.ask("guest-get-users")), out);
      case OS -> {
        JsonObject os = agent.ask("guest-get-osinfo").getAsJsonObject();
        for (String name : new java.util.TreeSet<>(os.keySet())) {
          if (OS.containsKey(name)) {
            out.string(OS.get(name), os.get(name).getAsString());
          }
        }
      }
      case TIMEZONE -> {
        JsonElement zone = agent.ask("guest-get-timezone");
        if (!Json.text(zone, "zone").isEmpty()) {
          out.string("timezone.name", Json.text(zone, "zone"));
        }
        out.integer("timezone.offset", (int) Json.number(zone, "offset"));
      }
      case HOSTNAME -> out.string("hostname", work.hostname());
      case FILESYSTEM -> fileSystems(work.fsInfo(), out);
      case DISKS -> disks(Json.array(agent.ask("guest-get-disks")), out);
      case INTERFACES -> interfaces(work.interfaceAddresses(), out);
    }
  }

  private static void users(JsonArray users, TypedParameters.Builder out) {
    out.uint("user.count", users.size());
    for (int i = 0; i < users.size(); i++) {
      out.string("user." + i + ".name", Json.text(users.get(i), "user"));
      double seconds = users.get(i).getAsJsonObject().get("login-time").getAsDouble();
      out.ullong("user." + i + ".login-time", Math.round(seconds * 1000));
    }
  }

  private static void fileSystems(List<FileSystem> all, TypedParameters.Builder out) {
    out.uint("fs.count", all.size());
    for (int i = 0; i < all.size(); i++) {
      FileSystem fs = all.get(i);
      out.string("fs." + i + ".name", fs.name());
      out.string("fs." + i + ".mountpoint", fs.mountpoint());
      out.string("fs." + i + ".fstype", fs.type());
      out.uint("fs." + i + ".disk.count", fs.disks().size());
      for (int j = 0; j < fs.disks().size(); j++) {
        out.string("fs." + i + ".disk." + j + ".alias", fs.disks().get(j));
      }
    }
  }

  private static void disks(JsonArray disks, TypedParameters.Builder out) {
    out.uint("disk.count", disks.size());
    for (int i = 0; i < disks.size(); i++) {
      out.string("disk." + i + ".name", Json.text(disks.get(i), "name"));
      out.bool("disk." + i + ".partition", Json.text(disks.get(i), "partition").equals("true"));
    }
  }

  private static void interfaces(List<GuestInterface> all, TypedParameters.Builder out) {
    out.uint("if.count", all.size());
    for (int i = 0; i < all.size(); i++) {
      GuestInterface nic = all.get(i);
      out.string("if." + i + ".name", nic.name()).string("if." + i + ".hwaddr", nic.mac());
      out.uint("if." + i + ".addr.count", nic.addresses().size());
      for (int j = 0; j < nic.addresses().size(); j++) {
        String[] parts = nic.addresses().get(j).split("/", -1);
        String prefix = "if." + i + ".addr." + j + ".";
        out.string(prefix + "type", parts[0].contains(":") ? "ipv6" : "ipv4");
        out.string(prefix + "addr", parts[0]);
        out.uint(prefix + "prefix", Long.parseLong(parts[1]));
      }
    }
  }
}
