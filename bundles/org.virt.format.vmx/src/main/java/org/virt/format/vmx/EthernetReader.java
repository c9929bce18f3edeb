package org.virt.format.vmx;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Network cards. */
final class EthernetReader {
  private static final Pattern PRESENT = Pattern.compile("ethernet([0-9]{1,4})\\.present");
  private static final String NONE = "00:00:00:00:00:00";
  private static final long VMXNET2_FEATURES = 15;
  private static final Set<String> MODELS =
      Set.of("vlance", "vmxnet", "vmxnet3", "e1000", "e1000e");

  private final VmxConfig vmx;

  EthernetReader(VmxConfig vmx) {
    this.vmx = vmx;
  }

  void read(XmlElement devices) throws VirtException {
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String key : vmx.keys()) {
      Matcher matcher = PRESENT.matcher(key);
      if (matcher.matches()) {
        numbers.add(Integer.valueOf(matcher.group(1)));
      }
    }
    for (int number : numbers) {
      String key = "ethernet" + number + '.';
      if (vmx.isTrue(key + "present", false)) {
        devices.append(card(key));
      }
    }
  }

  private XmlElement card(String key) throws VirtException {
    XmlElement mac = mac(key);
    String model = model(key);
    XmlElement card = network(key, mac);
    if (model != null) {
      card.append(Xml.element("model", "type", model));
    }
    return card;
  }

  private XmlElement network(String key, XmlElement mac) throws VirtException {
    String type = vmx.get(key + "connectionType");
    String network = vmx.get(key + "networkName");
    if (vmx.get(key + "dvs.switchId") != null) {
      return Xml.with(Xml.element("interface", "type", "vds"), mac, distributed(key));
    }
    if (type == null && network == null) {
      return Xml.with(Xml.element("interface", "type", "null"), mac);
    }
    switch (type == null ? "bridged" : type.toLowerCase(Locale.ROOT)) {
      case "nat":
        return Xml.with(Xml.element("interface", "type", "user"), mac);
      case "bridged":
        return Xml.with(bridge(key, mac, network));
      case "custom":
        String vnet = vmx.get(key + "vnet");
        if (vnet == null) {
          throw VmxConfig.invalid(key + "vnet", null, "");
        }
        return Xml.with(
            bridge(key, mac, network), Xml.element("target", "dev", VmxText.unquote(vnet)));
      default:
        throw VmxConfig.invalid(key + "connectionType", type, "bridged, nat or custom");
    }
  }

  private static XmlElement bridge(String key, XmlElement mac, String network)
      throws VirtException {
    if (network == null) {
      throw VmxConfig.invalid(key + "networkName", null, "");
    }
    return Xml.with(
        Xml.element("interface", "type", "bridge"),
        mac,
        Xml.element("source", "bridge", VmxText.unquote(network)));
  }

  private XmlElement distributed(String key) throws VirtException {
    String prefix = key + "dvs.";
    String id = vmx.get(prefix + "switchId");
    return Xml.element(
        "source",
        "switchid",
        VmxReader.uuid(prefix + "switchId", id),
        "portid",
        given(prefix + "portId"),
        "portgroupid",
        vmx.get(prefix + "portgroupId"),
        "connectionid",
        given(prefix + "connectionId"));
  }

  /** Returns a number, null where there is none. */
  private Long given(String key) throws VirtException {
    return vmx.get(key) == null ? null : vmx.number(key, 0);
  }

  private XmlElement mac(String key) throws VirtException {
    String given = vmx.get(key + "addressType");
    boolean fixed = "static".equalsIgnoreCase(given);
    if (!fixed
        && given != null
        && !given.equalsIgnoreCase("generated")
        && !given.equalsIgnoreCase("vpx")) {
      throw VmxConfig.invalid(key + "addressType", given, "generated, static or vpx");
    }
    String entry = key + (fixed ? "address" : "generatedAddress");
    String address = vmx.get(entry);
    String check = null;
    if (vmx.get(key + "checkMACAddress") != null) {
      check = vmx.isTrue(key + "checkMACAddress", true) ? "yes" : "no";
    }
    String type = given == null ? null : fixed ? "static" : "generated";
    try {
      MacAddress mac = MacAddress.parse(address == null ? NONE : address);
      return Xml.element("mac", "address", mac, "type", type, "check", check);
    } catch (IllegalArgumentException e) {
      throw VmxConfig.invalid(entry, address, "a MAC address");
    }
  }

  private String model(String key) throws VirtException {
    String given = vmx.get(key + "virtualDev");
    if (given == null) {
      return null;
    }
    String model = given.toLowerCase(Locale.ROOT);
    if (!MODELS.contains(model)) {
      throw VmxConfig.invalid(
          key + "virtualDev", given, "vlance, vmxnet, vmxnet3, e1000 or e1000e");
    }
    boolean second = model.equals("vmxnet") && vmx.number(key + "features", 0) == VMXNET2_FEATURES;
    return second ? "vmxnet2" : model;
  }
}
