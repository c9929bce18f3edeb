package org.virt.host.internal;

import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterfaces;
import org.virt.api.xml.XmlWriter;

/**
 * The interfaces of the runtime's network namespace, as the kernel has them at the moment; what
 * only sysfs knows is left out where that is of another namespace.
 */
final class KernelInterfaces implements HostInterfaces {
  private static final HexFormat MAC = HexFormat.ofDelimiter(":");
  private static final String NO_MAC = "00:00:00:00:00:00";

  private final Path folder;

  KernelInterfaces(Path sys) {
    folder = sys.resolve("class/net");
  }

  @Override
  public List<HostInterface> interfaces() throws VirtException {
    List<HostInterface> all = new ArrayList<>();
    try {
      for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
        all.add(
            new HostInterface(
                one.getName(),
                mac(one),
                one.isUp() ? HostInterface.State.ACTIVE : HostInterface.State.INACTIVE));
      }
    } catch (SocketException e) {
      throw failed("list interfaces", e);
    }
    all.sort(Comparator.comparing(HostInterface::name));
    return all;
  }

  @Override
  public String interfaceXml(String name) throws VirtException {
    try {
      NetworkInterface found = NetworkInterface.getByName(name);
      if (found == null || !found.getName().equals(name)) {
        throw new VirtException(
            ErrorCode.NO_INTERFACE, "couldn't find interface named '" + name + "'");
      }
      return print(found);
    } catch (SocketException e) {
      throw failed("describe interface " + name, e);
    }
  }

  private String print(NetworkInterface one) throws SocketException {
    Path sys = folder.resolve(one.getName());
    XmlWriter xml = new XmlWriter();
    xml.open("interface").attribute("type", type(sys)).attribute("name", one.getName());
    xml.open("link")
        .optional("speed", SysFile.number(sys.resolve("speed")).filter(n -> n > 0).orElse(null))
        .attribute("state", SysFile.read(sys.resolve("operstate")).orElse("unknown"))
        .close();
    xml.open("mac").attribute("address", mac(one)).close();
    xml.open("mtu").attribute("size", one.getMTU()).close();
    addresses(xml, one, true);
    addresses(xml, one, false);
    if (Files.isDirectory(sys.resolve("bridge"))) {
      bridge(xml, sys);
    }
    return xml.close().toString();
  }

  private static String type(Path sys) {
    if (Files.isDirectory(sys.resolve("bridge"))) {
      return "bridge";
    }
    return Files.isDirectory(sys.resolve("bonding")) ? "bond" : "ethernet";
  }

  private static void addresses(XmlWriter xml, NetworkInterface one, boolean four) {
    List<InterfaceAddress> all =
        one.getInterfaceAddresses().stream()
            .filter(address -> address.getAddress() instanceof Inet4Address == four)
            .toList();
    if (all.isEmpty()) {
      return;
    }
    xml.open("protocol").attribute("family", four ? "ipv4" : "ipv6");
    for (InterfaceAddress address : all) {
      String text = address.getAddress().getHostAddress().replaceFirst("%.*", "");
      xml.open("ip")
          .attribute("address", text)
          .attribute("prefix", address.getNetworkPrefixLength())
          .close();
    }
    xml.close();
  }

  private static void bridge(XmlWriter xml, Path sys) {
    boolean stp = SysFile.number(sys.resolve("bridge/stp_state")).orElse(0L) != 0;
    // In hundredths of a second.
    long delay = SysFile.number(sys.resolve("bridge/forward_delay")).orElse(0L) / 100;
    xml.open("bridge").attribute("stp", stp ? "on" : "off").attribute("delay", delay);
    for (Path member : SysFile.list(sys.resolve("brif"))) {
      xml.open("interface")
          .attribute("type", "ethernet")
          .attribute("name", member.getFileName())
          .close();
    }
    xml.close();
  }

  private static String mac(NetworkInterface one) throws SocketException {
    byte[] bytes = one.getHardwareAddress();
    return bytes == null ? NO_MAC : MAC.formatHex(bytes);
  }

  private static VirtException failed(String action, SocketException e) {
    return new VirtException(ErrorCode.SYSTEM_ERROR, action + ": " + e.getMessage(), e);
  }
}
