package org.virt.driver.qemu.internal.device;

import java.util.Map;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.model.domain.Interface;

/** Network cards; what they are plugged into is {@link Netdev}'s. */
public final class InterfacePart implements Part {
  /** Those that libvirt knows to be of PCI; it takes any other for one of PCI Express. */
  private static final Set<String> CONVENTIONAL =
      Set.of("rtl8139", "e1000", "vmxnet3", "vmxnet2", "vmxnet", "vlance", "am79c970a", "netfront");

  private static final Set<String> ON_BOARD =
      Set.of("smc91c111", "lan9118", "usb-net", "spapr-vlan");

  /** Names of offloads in domain XML and QEMU's, of each end. */
  private static final Map<String, String> HOST =
      Map.of(
          "csum", "csum",
          "gso", "gso",
          "tso4", "host_tso4",
          "tso6", "host_tso6",
          "ecn", "host_ecn",
          "ufo", "host_ufo",
          "mrg_rxbuf", "mrg_rxbuf");

  private static final Map<String, String> GUEST =
      Map.of(
          "csum", "guest_csum",
          "tso4", "guest_tso4",
          "tso6", "guest_tso6",
          "ecn", "guest_ecn",
          "ufo", "guest_ufo");

  @Override
  public void complete(Guest guest, Node card) throws VirtException {
    if (!card.has("@type")) {
      throw Refusal.xml(card.path("@type"), "missing");
    }
    Node mac = card.ensure("mac");
    if (mac.has("@address")) {
      mac.set("address", mac(mac));
    } else {
      Interface random = new Interface();
      random.ensureMac();
      mac.set("address", random.mac.address);
    }
    if (!card.is("@type", "hostdev") && !card.has("model/@type")) {
      boolean vdpa = card.is("@type", "vdpa");
      card.ensure("model").set("type", vdpa ? "virtio" : model(guest));
    }
    if (!card.on("@managed")) {
      card.set("managed", null);
    }
    driver(card);
    Netdev.complete(card);
  }

  /** What a card has no use for is not kept. */
  private static void driver(Node card) throws VirtException {
    boolean virtio = card.get("model/@type", "").startsWith("virtio");
    Node driver = card.child("driver");
    if (driver == null || card.is("@type", "hostdev")) {
      return;
    }
    if (driver.is("@queues", "1")) {
      driver.set("queues", null);
    }
    if (!virtio) {
      AddressCheck.virtioOptions(card);
      driver.remove();
      if (card.has("backend/@vhost")) {
        card.child("backend").set("vhost", null);
      }
    }
  }

  private static String mac(Node mac) throws VirtException {
    String text = mac.get("@address");
    try {
      MacAddress address = MacAddress.parse(text);
      if (!address.isMulticast()) {
        return address.toString();
      }
    } catch (IllegalArgumentException e) {
      throw Refusal.xml(mac.path("@address"), e.getMessage());
    }
    throw Refusal.xml(mac.path("@address"), "'" + text + "' is a group address");
  }

  private static String model(Guest guest) {
    return switch (guest.board()) {
      case S390, VIRT, MICROVM -> "virtio";
      default -> "rtl8139";
    };
  }

  @Override
  public PciKind pci(Guest guest, Node card) {
    if (card.is("@type", "hostdev")) {
      return HostdevPart.isUnassigned(card) ? PciKind.NONE : PciKind.EXPRESS;
    }
    String model = card.get("model/@type", "");
    if (model.startsWith("virtio")) {
      return Virtio.pci(guest, card, model);
    }
    return ON_BOARD.contains(model)
        ? PciKind.NONE
        : CONVENTIONAL.contains(model) ? PciKind.PCI : PciKind.EXPRESS;
  }

  @Override
  public void check(Guest guest, Node card) throws VirtException {
    card.oneOf("link/@state", "up", "down");
    if (card.has("filterref") && !card.has("filterref/@filter")) {
      throw Refusal.xml(card.path("filterref/@filter"), "missing");
    }
    String model = card.get("model/@type", "");
    if (!model.matches("[A-Za-z0-9._-]*")) {
      throw Refusal.value(card.path("model/@type"), model);
    }
    boolean virtio = model.startsWith("virtio");
    Long queues = card.number("driver/@queues");
    if (queues != null && (queues < 1 || queues > 256)) {
      throw Refusal.value(card.path("driver/@queues"), card.get("driver/@queues"));
    }
    if (!virtio && card.has("teaming") && !card.is("@type", "hostdev")) {
      throw Refusal.of(card.path("teaming"), "needs model 'virtio' or type 'hostdev'");
    }
    for (String size : new String[] {"rx_queue_size", "tx_queue_size"}) {
      Long value = card.number("driver/@" + size);
      if (value != null && value > 0 && Long.bitCount(value) != 1) {
        throw Refusal.of(card.path("driver/@" + size), value + " is not a power of two");
      }
    }
    Netdev.check(guest, card);
  }

  @Override
  public void write(Machine machine, Node card, CommandLine out) throws VirtException {
    if (card.is("@type", "hostdev")) {
      HostdevPart.writeInterface(machine, card, out);
      return;
    }
    String alias = Machine.alias(card);
    String backend = "host" + alias;
    long queues = card.number("driver/@queues", 1);
    Netdev.write(machine, card, backend, queues, out);
    out.device(device(machine, card, queues).put("netdev", backend));
  }

  private static Props device(Machine machine, Node card, long queues) throws VirtException {
    String model = card.get("model/@type");
    boolean virtio = model.startsWith("virtio");
    Props props = Props.device(virtio ? Virtio.driver("virtio-net", card, model) : model);
    if (virtio) {
      virtio(machine, card, queues, props);
    } else if (queues > 1 || card.has("mtu")) {
      if (queues > 1) {
        throw Refusal.of(card.path("driver/@queues"), "needs model 'virtio'");
      }
    }
    props.put("id", Machine.alias(card)).put("mac", card.get("mac/@address"));
    props.put("bootindex", machine.bootIndex(card));
    return machine.place(props, card);
  }

  private static void virtio(Machine machine, Node card, long queues, Props props)
      throws VirtException {
    String mode = card.get("driver/@txmode");
    if (mode != null) {
      card.oneOf("driver/@txmode", "iothread", "timer");
      props.put("tx", mode.equals("iothread") ? "bh" : "timer");
    }
    props.put("ioeventfd", card.flag("driver/@ioeventfd"));
    props.put("event_idx", card.flag("driver/@event_idx"));
    offloads(card, "host", HOST, props);
    offloads(card, "guest", GUEST, props);
    props.put("rss", card.flag("driver/@rss"));
    props.put("hash", card.flag("driver/@rss_hash_report"));
    if (queues > 1) {
      props.put("mq", true);
      // One for each direction of each queue, one for control, one for changes.
      boolean ccw = card.is("address/@type", "ccw") || machine.guest().board() == Board.S390;
      props.put("vectors", ccw ? null : 2 * queues + 2);
    }
    props.put("rx_queue_size", card.number("driver/@rx_queue_size"));
    props.put("tx_queue_size", card.number("driver/@tx_queue_size"));
    props.put("host_mtu", card.number("mtu/@size"));
    props.put("failover", card.is("teaming/@type", "persistent") ? true : null);
    Virtio.options(props, card);
  }

  private static void offloads(Node card, String end, Map<String, String> names, Props props)
      throws VirtException {
    Node offloads = card.child("driver/" + end);
    if (offloads == null) {
      return;
    }
    for (String name : offloads.attributes()) {
      String theirs = names.get(name);
      if (theirs == null) {
        throw Refusal.of(offloads.path("@" + name), "not known");
      }
      props.put(theirs, offloads.flag("@" + name));
    }
  }
}
