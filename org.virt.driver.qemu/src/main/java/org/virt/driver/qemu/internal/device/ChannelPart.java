package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Channels: named ports of virtio-serial, and addresses that QEMU's user network forwards. */
public final class ChannelPart implements Part {
  private static final List<Offer> TYPES =
      Offer.list(
          "type", "pty", "chardev-pty", "unix", "chardev-socket", "spicevmc", "chardev-spicevmc");

  @Override
  public void complete(Guest guest, Node channel) throws VirtException {
    Chardev.complete(channel);
    if (!channel.has("target")) {
      throw Refusal.xml(channel.path("target"), "missing");
    }
    boolean spice = channel.is("@type", "spicevmc", "qemu-vdagent");
    if (spice && channel.is("target/@type", "virtio")) {
      channel.child("target").fill("name", "com.redhat.spice.0");
    }
    if (channel.is("@type", "unix") && channel.has("source")) {
      Node source = channel.child("source");
      source.fill("mode", "connect");
    }
  }

  @Override
  public List<Offer> offers(Board board) {
    return TYPES;
  }

  @Override
  public void check(Guest guest, Node channel) throws VirtException {
    Chardev.check(channel);
    channel.oneOf("target/@type", "virtio", "guestfwd", "xen");
    if (!channel.has("target/@type")) {
      throw Refusal.xml(channel.path("target/@type"), "missing");
    }
    if (channel.is("target/@type", "guestfwd")) {
      channel.require("target/@address");
      channel.require("target/@port");
      if (channel.get("target/@address").contains(":")) {
        throw Refusal.of(channel.path("target/@address"), "is not an address of IPv4");
      }
    }
    boolean agent = channel.is("target/@name", "com.redhat.spice.0");
    if (channel.is("@type", "spicevmc") && channel.has("target/@name") && !agent) {
      throw Refusal.value(channel.path("target/@name"), channel.get("target/@name"));
    }
  }

  @Override
  public void write(Machine machine, Node channel, CommandLine out) throws VirtException {
    String alias = Machine.alias(channel);
    String backend = "char" + alias;
    Chardev.write(channel, backend, out);
    if (channel.is("target/@type", "guestfwd")) {
      String to = channel.get("target/@address") + ":" + channel.get("target/@port");
      out.add("-netdev", "user,guestfwd=tcp:" + to + "-chardev:" + backend + ",id=" + alias);
      return;
    }
    if (!channel.is("target/@type", "virtio")) {
      throw Refusal.value(channel.path("target/@type"), channel.get("target/@type"));
    }
    Props props = Props.device("virtserialport");
    SerialBus.put(machine, channel, props);
    props.put("chardev", backend).put("id", alias);
    out.device(props.put("name", channel.get("target/@name")));
  }
}
