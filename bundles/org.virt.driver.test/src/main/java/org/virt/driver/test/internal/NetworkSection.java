package org.virt.driver.test.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.NetworkUpdate.Command;
import org.virt.api.network.NetworkUpdate.Section;
import org.virt.api.xml.XmlElement;

/**
 * Elements of a network that change one by one.
 *
 * @param element their name
 * @param parent what they are in, by names from the network on
 * @param order of what is in the parent
 * @param keys attributes, and names of elements within, that tell them apart
 * @param needed attributes that a new one has
 * @param sameness which of the others a new one is not to be beside
 */
record NetworkSection(
    String element,
    List<String> parent,
    List<String> order,
    List<String> keys,
    List<String> needed,
    Sameness sameness) {
  private static final List<String> DHCP = List.of("range", "host", "bootp");
  private static final List<String> DNS = List.of("forwarder", "txt", "srv", "host");
  private static final List<String> IN_DNS = List.of("dns");
  private static final List<String> IN_DHCP = List.of("ip", "dhcp");

  private static final Map<Section, NetworkSection> ALL =
      Map.of(
          Section.IP_DHCP_HOST,
          new NetworkSection(
              "host", IN_DHCP, DHCP, List.of("mac", "name", "ip"), List.of("ip"), Sameness.ANY),
          Section.IP_DHCP_RANGE,
          whole("range", IN_DHCP, DHCP, "start", "end"),
          Section.FORWARD_INTERFACE,
          whole("interface", List.of("forward"), List.of("nat", "pf", "interface"), "dev"),
          Section.PORTGROUP,
          whole("portgroup", List.of(), List.of(), "name"),
          Section.DNS_HOST,
          new NetworkSection(
              "host", IN_DNS, DNS, List.of("ip", "hostname"), List.of("ip"), Sameness.ANY),
          Section.DNS_TXT,
          new NetworkSection(
              "txt", IN_DNS, DNS, List.of("name"), List.of("name", "value"), Sameness.ALL),
          Section.DNS_SRV,
          new NetworkSection(
              "srv",
              IN_DNS,
              DNS,
              List.of("service", "protocol", "domain", "target", "port", "priority", "weight"),
              List.of("service", "protocol"),
              Sameness.ALL));

  /** Those that are described anew, and what tells which one is meant. */
  private static final Map<String, List<String>> MODIFIED =
      Map.of("ip/dhcp/host", List.of("mac", "name"), "portgroup", List.of("name"));

  /** Of which keys two elements are the same. */
  enum Sameness {
    /** One of those that the other gives. */
    ANY,
    /** All that the other gives. */
    ALL
  }

  private static NetworkSection whole(
      String element, List<String> parent, List<String> order, String... keys) {
    return new NetworkSection(element, parent, order, List.of(keys), List.of(keys), Sameness.ALL);
  }

  /** Returns a kind; {@code OPERATION_UNSUPPORTED} for one that libvirt does not change either. */
  static NetworkSection of(Section section) throws VirtException {
    NetworkSection known = ALL.get(section);
    if (known == null) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "update a network: elements of the section %s do not change".formatted(section));
    }
    return known;
  }

  /** Changes a network. */
  void apply(XmlElement network, NetworkUpdate update) throws VirtException {
    XmlElement given = ObjectXml.read(element, update.xml());
    XmlElement parent = parent(network, update);
    switch (update.command()) {
      case MODIFY -> modify(parent, given);
      case DELETE -> parent.remove(one(like(parent, given, keys, deleted()), given));
      case ADD_FIRST, ADD_LAST -> add(parent, given, update.command());
    }
    ObjectXml.order(parent, order);
    if (parent.children().isEmpty()) {
      ObjectXml.find(network, "dns").filter(dns -> dns == parent).ifPresent(network::remove);
      network.children("ip").forEach(ip -> ip.remove(parent));
    }
  }

  /** A lease is named by all that is given of it, a host of DNS by any. */
  private Sameness deleted() {
    return parent.equals(IN_DHCP) ? Sameness.ALL : sameness;
  }

  private void add(XmlElement parent, XmlElement given, Command command) throws VirtException {
    require(given);
    if (!like(parent, given, keys, sameness).isEmpty()) {
      throw TestRegistry.invalid("the network has such a %s already".formatted(shown(given)));
    }
    List<XmlElement> others = new ArrayList<>(parent.children(element));
    others.add(command == Command.ADD_FIRST ? 0 : others.size(), given);
    parent.children(element).forEach(parent::remove);
    others.forEach(parent::append);
  }

  private void modify(XmlElement parent, XmlElement given) throws VirtException {
    List<String> path = new ArrayList<>(this.parent);
    path.add(element);
    List<String> telling = MODIFIED.get(String.join("/", path));
    if (telling == null) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "update a network: a %s is added and deleted, not modified".formatted(element));
    }
    require(given);
    parent.replace(one(like(parent, given, telling, Sameness.ANY), given), given);
  }

  private void require(XmlElement given) throws VirtException {
    for (String attribute : needed) {
      if (given.attribute(attribute) == null) {
        throw ObjectXml.wrong("a %s of a network without %s".formatted(element, attribute));
      }
    }
  }

  private XmlElement one(List<XmlElement> found, XmlElement given) throws VirtException {
    if (found.size() != 1) {
      throw TestRegistry.invalid(
          "the network has %s such %s"
              .formatted(found.isEmpty() ? "no" : found.size() + " times", shown(given)));
    }
    return found.get(0);
  }

  private List<XmlElement> like(
      XmlElement parent, XmlElement given, List<String> by, Sameness how) {
    Set<String> marks = marks(given, by);
    return parent.children(element).stream()
        .filter(
            other ->
                how == Sameness.ALL
                    ? !marks.isEmpty() && marks(other, by).containsAll(marks)
                    : !Collections.disjoint(marks(other, by), marks))
        .toList();
  }

  private static Set<String> marks(XmlElement one, List<String> by) {
    Set<String> marks = new HashSet<>();
    for (String key : by) {
      Optional.ofNullable(one.attribute(key))
          .ifPresent(value -> marks.add(key + "=" + value.toLowerCase(Locale.ROOT)));
      one.children(key)
          .forEach(child -> marks.add(key + "=" + child.text().strip().toLowerCase(Locale.ROOT)));
    }
    return marks;
  }

  private String shown(XmlElement given) {
    return "%s (%s)"
        .formatted(element, String.join(", ", marks(given, keys).stream().sorted().toList()));
  }

  private XmlElement parent(XmlElement network, NetworkUpdate update) throws VirtException {
    XmlElement at = network;
    for (String name : parent) {
      if (name.equals("ip")) {
        at = ip(network, update);
      } else if (name.equals("forward")) {
        at =
            network
                .child(name)
                .orElseThrow(() -> TestRegistry.invalid("the network forwards nothing"));
      } else {
        at = at.make(name);
      }
    }
    return at;
  }

  /** Without a number: the first that has leases, else the first. */
  private static XmlElement ip(XmlElement network, NetworkUpdate update) throws VirtException {
    List<XmlElement> all = network.children("ip");
    int index = update.parent().orElse(0);
    if (update.parent().isEmpty()) {
      Optional<XmlElement> leasing =
          all.stream().filter(ip -> ip.child("dhcp").isPresent()).findFirst();
      if (leasing.isPresent()) {
        return leasing.get();
      }
    }
    if (index >= all.size()) {
      throw TestRegistry.invalid("the network has no address number " + index);
    }
    return all.get(index);
  }
}
