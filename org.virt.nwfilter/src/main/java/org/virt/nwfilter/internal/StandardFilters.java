package org.virt.nwfilter.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;

/** The filters that are there without being defined: libvirt's names and meaning. */
public final class StandardFilters {
  /** Their names, sorted. */
  public static final List<String> NAMES =
      List.of(
          "allow-arp",
          "allow-dhcp",
          "allow-dhcp-server",
          "allow-dhcpv6",
          "allow-dhcpv6-server",
          "allow-incoming-ipv4",
          "allow-incoming-ipv6",
          "allow-ipv4",
          "allow-ipv6",
          "clean-traffic",
          "clean-traffic-gateway",
          "no-arp-ip-spoofing",
          "no-arp-mac-spoofing",
          "no-arp-spoofing",
          "no-ip-multicast",
          "no-ip-spoofing",
          "no-ipv6-multicast",
          "no-ipv6-spoofing",
          "no-mac-broadcast",
          "no-mac-spoofing",
          "no-other-l2-traffic",
          "no-other-rarp-traffic",
          "qemu-announce-self",
          "qemu-announce-self-rarp");

  private StandardFilters() {}

  /** Reads them from the bundle, sorted by name. */
  public static List<FilterDefinition> load() {
    List<FilterDefinition> filters = new ArrayList<>();
    for (String name : NAMES) {
      try (InputStream in =
          StandardFilters.class.getResourceAsStream("standard/" + name + ".xml")) {
        String xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        filters.add(FilterXml.parse(xml));
      } catch (IOException e) {
        throw new UncheckedIOException("read standard filter " + name, e);
      } catch (VirtException e) {
        throw new IllegalStateException("standard filter " + name, e);
      }
    }
    return filters;
  }
}
