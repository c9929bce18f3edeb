package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/** Reads from a machine's XML what no verb says. */
final class DomainParts {
  private DomainParts() {}

  /** An interface of a machine: its device on the host and its address. */
  record Nic(String device, String mac) {}

  /** Returns the targets of its disks. */
  static List<String> disks(Domain domain) throws VirtException {
    return devices(domain, "disk")
        .flatMap(disk -> attribute(disk, "target", "dev").stream())
        .toList();
  }

  /** Returns its interfaces that have a device on the host now. */
  static List<Nic> nics(Domain domain) throws VirtException {
    return devices(domain, "interface")
        .flatMap(
            nic ->
                attribute(nic, "target", "dev")
                    .map(dev -> new Nic(dev, attribute(nic, "mac", "address").orElse("")))
                    .stream())
        .toList();
  }

  private static Stream<XmlElement> devices(Domain domain, String kind) throws VirtException {
    return SafeXml.tree("domain", domain.xml(XmlView.LIVE)).children("devices").stream()
        .flatMap(devices -> devices.children(kind).stream());
  }

  private static Optional<String> attribute(XmlElement in, String child, String name) {
    return in.children(child).stream()
        .map(element -> element.attribute(name))
        .filter(value -> value != null)
        .findFirst();
  }
}
