package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** What the agent in the guest of one machine does. */
final class AgentWork implements AgentVerbs {
  private static final long SECOND = 1_000_000_000L;

  private final MachineHost host;
  private final DomainId id;

  AgentWork(MachineHost host, DomainId id) {
    this.host = host;
    this.id = id;
  }

  private Run run() throws VirtException {
    return host.find(id).active("ask the agent of");
  }

  private Agent agent() throws VirtException {
    return new Agent(run());
  }

  @Override
  public int fsFreeze(List<String> mountpoints) throws VirtException {
    if (mountpoints.isEmpty()) {
      return agent().ask("guest-fsfreeze-freeze").getAsInt();
    }
    JsonArray points = new JsonArray();
    mountpoints.forEach(points::add);
    return agent().ask("guest-fsfreeze-freeze-list", "mountpoints", points).getAsInt();
  }

  @Override
  public int fsThaw(List<String> mountpoints) throws VirtException {
    if (!mountpoints.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "specifying mount points is not supported for now");
    }
    return agent().ask("guest-fsfreeze-thaw").getAsInt();
  }

  @Override
  public void fsTrim(Optional<String> mountpoint, long minimumBytes) throws VirtException {
    if (mountpoint.isPresent()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "specifying mount point is not supported for now");
    }
    agent().ask("guest-fstrim", "minimum", minimumBytes);
  }

  @Override
  public List<FileSystem> fsInfo() throws VirtException {
    Run run = run();
    List<FileSystem> all = new ArrayList<>();
    for (JsonElement fs : Json.array(new Agent(run).ask("guest-get-fsinfo"))) {
      all.add(
          new FileSystem(
              Json.text(fs, "mountpoint"),
              Json.text(fs, "name"),
              Json.text(fs, "type"),
              disks(run, fs.getAsJsonObject())));
    }
    return all;
  }

  /** Returns the targets of the disks that a file system is on, found by their place. */
  private static List<String> disks(Run run, JsonObject fs) throws VirtException {
    Set<String> targets = new TreeSet<>();
    for (JsonElement disk : Json.array(fs.get("disk"))) {
      JsonObject pci = Json.child(disk, "pci-controller");
      for (XmlElement device : DeviceEdit.all(DomainTree.of(run.live.xml()))) {
        Optional<XmlElement> address = device.child("address");
        boolean same =
            device.name().equals("disk")
                && address.isPresent()
                && (isPci(address.get(), pci) || isDrive(address.get(), disk));
        if (same) {
          targets.add(DeviceEdit.target(device));
        }
      }
    }
    return List.copyOf(targets);
  }

  private static boolean isPci(XmlElement address, JsonObject pci) {
    return "pci".equals(address.attribute("type"))
        && number(address, "bus") == Json.number(pci, "bus")
        && number(address, "slot") == Json.number(pci, "slot")
        && number(address, "function") == Json.number(pci, "function");
  }

  private static boolean isDrive(XmlElement address, JsonElement disk) {
    return "drive".equals(address.attribute("type"))
        && !"virtio".equals(Json.text(disk, "bus-type"))
        && number(address, "bus") == Json.number(disk, "bus")
        && number(address, "target") == Json.number(disk, "target")
        && number(address, "unit") == Json.number(disk, "unit");
  }

  private static long number(XmlElement address, String attribute) {
    String value = address.attribute(attribute);
    return value == null ? 0 : Long.decode(value);
  }

  @Override
  public TypedParameters guestInfo(Set<InfoGroup> groups) throws VirtException {
    return new GuestInformation(agent(), this).read(groups);
  }

  @Override
  public String hostname() throws VirtException {
    return Json.text(agent().ask("guest-get-host-name"), "host-name");
  }

  @Override
  public GuestTime time() throws VirtException {
    long nanos = agent().ask("guest-get-time").getAsLong();
    return new GuestTime(nanos / SECOND, (int) (nanos % SECOND));
  }

  @Override
  public void setTime(Optional<GuestTime> time) throws VirtException {
    if (time.isEmpty()) {
      agent().ask("guest-set-time");
    } else {
      agent()
          .ask("guest-set-time", "time", time.get().seconds() * SECOND + time.get().nanoseconds());
    }
  }

  @Override
  public void setUserPassword(String user, String password, PasswordForm form)
      throws VirtException {
    String encoded = Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
    agent()
        .ask(
            "guest-set-user-password",
            "username",
            user,
            "password",
            encoded,
            "crypted",
            form == PasswordForm.ENCRYPTED);
  }

  @Override
  public List<GuestInterface> interfaceAddresses() throws VirtException {
    List<GuestInterface> all = new ArrayList<>();
    for (JsonElement nic : Json.array(agent().ask("guest-network-get-interfaces"))) {
      List<String> addresses = new ArrayList<>();
      for (JsonElement address : Json.array(nic.getAsJsonObject().get("ip-addresses"))) {
        addresses.add(Json.text(address, "ip-address") + "/" + Json.number(address, "prefix"));
      }
      all.add(
          new GuestInterface(
              Json.text(nic, "name"), Json.text(nic, "hardware-address"), addresses));
    }
    return all;
  }

  @Override
  public List<String> authorizedSshKeys(String user) throws VirtException {
    JsonElement answer = agent().ask("guest-ssh-get-authorized-keys", "username", user);
    List<String> keys = new ArrayList<>();
    Json.array(answer.getAsJsonObject().get("keys")).forEach(key -> keys.add(key.getAsString()));
    return keys;
  }

  @Override
  public void setAuthorizedSshKeys(String user, List<String> keys, KeyChange change)
      throws VirtException {
    JsonArray list = new JsonArray();
    keys.forEach(list::add);
    if (change == KeyChange.REMOVE) {
      agent().ask("guest-ssh-remove-authorized-keys", "username", user, "keys", list);
    } else {
      agent()
          .ask(
              "guest-ssh-add-authorized-keys",
              "username",
              user,
              "keys",
              list,
              "reset",
              change == KeyChange.REPLACE);
    }
  }

  @Override
  public void setResponseTimeout(int seconds) throws VirtException {
    if (seconds < -2) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "guest agent timeout '" + seconds + "' is less than the minimum '-2'");
    }
    run()
        .agentLimit(
            switch (seconds) {
              case -2 -> Duration.ofDays(1);
              case -1 -> null;
              default -> Duration.ofSeconds(seconds);
            });
  }
}
