package org.virt.shell.internal.commands;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;

/**
 * What domain XML says of disks, interfaces and the kind of operating system.
 *
 * @param osType text of {@code os/type}; empty when absent
 * @param disks in the order of the XML
 * @param interfaces in the order of the XML
 */
record DomainDevices(String osType, List<Disk> disks, List<Interface> interfaces) {
  /** A disk; {@code -} stands for what is not given. */
  record Disk(String type, String device, String target, String source) {}

  /** An interface; {@code -} stands for what is not given. */
  record Interface(String name, String type, String source, String model, String mac) {}

  static DomainDevices of(String xml) throws VirtException {
    return SafeXml.read("domain XML", xml, DomainDevices::read);
  }

  private static DomainDevices read(XMLStreamReader in) throws XMLStreamException {
    String osType = "";
    List<Disk> disks = new ArrayList<>();
    List<Interface> interfaces = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>();
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        open.removeLast();
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        open.addLast(in.getLocalName());
        switch (String.join("/", open)) {
          case "domain/os/type" -> {
            osType = in.getElementText().strip();
            open.removeLast();
          }
          case "domain/devices/disk" -> {
            disks.add(disk(children(in)));
            open.removeLast();
          }
          case "domain/devices/interface" -> {
            interfaces.add(networkInterface(children(in)));
            open.removeLast();
          }
          default -> {}
        }
      }
    }
    return new DomainDevices(osType, disks, interfaces);
  }

  /**
   * Reads a device to its end: its attributes as {@code @name}, those of its children as {@code
   * child@name}.
   */
  private static Map<String, String> children(XMLStreamReader in) throws XMLStreamException {
    Map<String, String> found = new HashMap<>();
    attributes(in, "", found);
    int depth = 1;
    while (depth > 0) {
      int event = in.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        if (depth == 1) {
          attributes(in, in.getLocalName(), found);
        }
        depth++;
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      }
    }
    return found;
  }

  private static void attributes(XMLStreamReader in, String element, Map<String, String> found) {
    for (int i = 0; i < in.getAttributeCount(); i++) {
      found.putIfAbsent(element + "@" + in.getAttributeLocalName(i), in.getAttributeValue(i));
    }
  }

  private static Disk disk(Map<String, String> device) {
    String source =
        first(device, "source@file", "source@dev", "source@dir", "source@name", "source@volume");
    return new Disk(
        device.getOrDefault("@type", "-"),
        device.getOrDefault("@device", "disk"),
        device.getOrDefault("target@dev", "-"),
        source);
  }

  private static Interface networkInterface(Map<String, String> device) {
    return new Interface(
        device.getOrDefault("target@dev", "-"),
        device.getOrDefault("@type", "-"),
        first(
            device, "source@network", "source@bridge", "source@dev", "source@path", "source@name"),
        device.getOrDefault("model@type", "-"),
        device.getOrDefault("mac@address", "-"));
  }

  private static String first(Map<String, String> device, String... keys) {
    for (String key : keys) {
      String value = device.get(key);
      if (value != null && !value.isEmpty()) {
        return value;
      }
    }
    return "-";
  }
}
