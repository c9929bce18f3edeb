package org.virt.format.vmx;

import static org.virt.format.vmx.VmxWriter.unsupported;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Network cards. The ranges of addresses are those of libvirt's drvesx, "MAC addresses". */
final class EthernetWriter {
  /** The most that virtual hardware before that of ESX 4 has. */
  static final int OLD_CARDS = 4;

  private static final int CARDS = 10;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<String> MODELS =
      Set.of("vlance", "vmxnet", "vmxnet2", "vmxnet3", "e1000", "e1000e");

  private final VmxConfig vmx;
  private final int limit;

  /**
   * Makes one.
   *
   * @param old whether the virtual hardware is older than that of ESX 4
   */
  EthernetWriter(VmxConfig vmx, boolean old) {
    this.vmx = vmx;
    this.limit = old ? OLD_CARDS : CARDS;
  }

  void write(XmlElement devices) throws VirtException {
    List<XmlElement> cards = devices.children("interface");
    if (cards.size() > limit) {
      throw unsupported("devices/interface", cards.size() + " are more than " + limit);
    }
    for (int i = 0; i < cards.size(); i++) {
      String key = "ethernet" + i + '.';
      vmx.set(key + "present", "true");
      model(cards.get(i), key);
      network(cards.get(i), key);
      mac(cards.get(i), key);
    }
  }

  private void model(XmlElement card, String key) throws VirtException {
    String model = Xml.attribute(card, "model", "type");
    if (model == null) {
      return;
    }
    String device = model.toLowerCase(Locale.ROOT);
    if (!MODELS.contains(device)) {
      throw unsupported(
          "devices/interface/model/@type",
          "'" + model + "' is none of vlance, vmxnet, vmxnet2, vmxnet3, e1000, e1000e");
    }
    if (device.equals("vmxnet2")) {
      vmx.set(key + "virtualDev", "vmxnet").set(key + "features", 15);
    } else {
      vmx.set(key + "virtualDev", device);
    }
  }

  private void network(XmlElement card, String key) throws VirtException {
    String type = String.valueOf(card.attribute("type"));
    switch (type) {
      case "bridge" -> {
        vmx.set(key + "networkName", VmxText.quote(required(card, "bridge")));
        String target = Xml.attribute(card, "target", "dev");
        vmx.set(key + "connectionType", target == null ? "bridged" : "custom");
        if (target != null) {
          vmx.set(key + "vnet", VmxText.quote(target));
        }
      }
      case "user" -> vmx.set(key + "connectionType", "nat");
      case "vds" -> distributed(card, key + "dvs.");
      case "null" -> {
        // Connected to nothing.
      }
      default ->
          throw unsupported(
              "devices/interface/@type", "'" + type + "' is none of bridge, user, vds, null");
    }
  }

  private void distributed(XmlElement card, String key) throws VirtException {
    vmx.set(key + "switchId", VmxWriter.uuid(required(card, "switchid")));
    vmx.set(key + "portId", required(card, "portid"));
    vmx.set(key + "portgroupId", required(card, "portgroupid"));
    vmx.set(key + "connectionId", required(card, "connectionid"));
  }

  private static String required(XmlElement card, String attribute) throws VirtException {
    String value = Xml.attribute(card, "source", attribute);
    if (value == null) {
      throw unsupported("devices/interface/source/@" + attribute, "is missing");
    }
    return value;
  }

  private void mac(XmlElement card, String key) throws VirtException {
    String given = Xml.attribute(card, "mac", "address");
    String mac = given == null ? random() : MacAddress.parse(given).toString();
    String type = Xml.attribute(card, "mac", "type");
    String check = Xml.attribute(card, "mac", "check");
    int fourth = Integer.parseInt(mac.substring(9, 11), 16);
    boolean vmware = mac.startsWith("00:50:56:");
    boolean vcenter = vmware && fourth >= 0x80 && fourth <= 0xbf;
    boolean generated = vcenter || mac.startsWith("00:0c:29:");
    boolean ranges = generated || vmware && fourth <= 0x3f;
    if (!ranges && check == null && !"generated".equals(type)) {
      // VMware takes an address from outside its ranges only unchecked.
      check = "no";
    }
    if (type == null ? generated : type.equals("generated")) {
      vmx.set(key + "addressType", vcenter ? "vpx" : "generated")
          .set(key + "generatedAddress", mac);
      if (!vcenter) {
        vmx.set(key + "generatedAddressOffset", 0);
      }
    } else {
      vmx.set(key + "addressType", "static").set(key + "address", mac);
    }
    if (check != null) {
      vmx.set(key + "checkMACAddress", check.equals("yes"));
    }
  }

  private static String random() {
    int bits = RANDOM.nextInt(1 << 24);
    return "00:0c:29:%02x:%02x:%02x".formatted(bits >> 16, bits >> 8 & 0xff, bits & 0xff);
  }
}
