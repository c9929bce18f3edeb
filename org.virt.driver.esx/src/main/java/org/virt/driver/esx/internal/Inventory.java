package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.format.vmx.VmxText;

/**
 * Where the host of a connection is in the inventory.
 *
 * @param host the host
 * @param name its name in the inventory
 * @param pool where its machines get their CPU and memory from
 * @param datacenter what it is in
 * @param datacenterPath names from the root folder to the datacenter, with slashes between
 * @param machineFolder where its machines are
 */
record Inventory(
    Ref host, String name, Ref pool, Ref datacenter, String datacenterPath, Ref machineFolder) {

  /** Looks for the host that the URI names, or the only one there is; one request. */
  static Inventory find(Vim vim, EsxUri uri) throws VirtException {
    String action = "connect to " + uri.host();
    Query query =
        new Query()
            .properties("Folder", "name", "parent")
            .properties("Datacenter", "name", "parent", "vmFolder")
            .properties("ComputeResource", "name", "parent", "resourcePool")
            .properties("HostSystem", "name", "parent")
            .from(vim.manager(action, "rootFolder"))
            .via("Folder", "childEntity")
            .via("Datacenter", "hostFolder")
            .via("ComputeResource", "host");
    Map<Ref, Found> all = new HashMap<>();
    query.ask(vim, action).forEach(found -> all.put(found.ref(), found));
    List<String> seen = new ArrayList<>();
    for (Found host : all.values()) {
      if (!host.ref().type().equals("HostSystem")) {
        continue;
      }
      Place place = new Place(all, host);
      if (uri.path().isEmpty() || place.names().equals(uri.path())) {
        return place.inventory();
      }
      seen.add("/" + String.join("/", place.names()));
    }
    Collections.sort(seen);
    throw new VirtException(
        ErrorCode.INVALID_ARG,
        "%s: there is no host /%s; there are: %s"
            .formatted(action, String.join("/", uri.path()), String.join(" ", seen)));
  }

  /** The way from a host up to the root. */
  private static final class Place {
    private final Found host;
    private final List<Found> above = new ArrayList<>();

    Place(Map<Ref, Found> all, Found host) {
      this.host = host;
      Optional<Found> at = parent(all, host);
      while (at.isPresent() && above.size() < 100) {
        above.add(0, at.get());
        at = parent(all, at.get());
      }
    }

    private static Optional<Found> parent(Map<Ref, Found> all, Found of) {
      return Optional.ofNullable(all.get(of.node("parent").ref()));
    }

    private static String name(Found found) {
      return VmxText.unescapeName(found.text("name"));
    }

    /** Names as a URI has them: without the root, the host folder and a lone host's own frame. */
    List<String> names() {
      List<String> names = new ArrayList<>();
      for (int i = 1; i < above.size(); i++) {
        Found one = above.get(i);
        boolean hostFolder = above.get(i - 1).ref().type().equals("Datacenter");
        boolean alone = one.ref().type().equals("ComputeResource");
        if (!hostFolder && !alone) {
          names.add(name(one));
        }
      }
      names.add(name(host));
      return names;
    }

    private Found of(String type) throws VirtException {
      return above.stream()
          .filter(found -> found.ref().type().endsWith(type))
          .findFirst()
          .orElseThrow(
              () -> new VirtException(ErrorCode.RPC, "host " + name(host) + " is in no " + type));
    }

    Inventory inventory() throws VirtException {
      Found datacenter = of("Datacenter");
      List<String> path = new ArrayList<>();
      for (Found one : above.subList(1, above.size())) {
        path.add(name(one));
        if (one.equals(datacenter)) {
          break;
        }
      }
      Node pool = of("ComputeResource").node("resourcePool");
      return new Inventory(
          host.ref(),
          name(host),
          pool.ref(),
          datacenter.ref(),
          String.join("/", path),
          datacenter.node("vmFolder").ref());
    }
  }
}
