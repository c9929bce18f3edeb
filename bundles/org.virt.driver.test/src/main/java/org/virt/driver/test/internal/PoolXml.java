package org.virt.driver.test.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** XML of storage pools: what each type must have, and what is put in where nothing is said. */
final class PoolXml {
  static final List<String> ORDER =
      List.of("name", "uuid", "capacity", "allocation", "available", "source", "target");

  private static final List<String> SOURCE_ORDER =
      List.of(
          "host",
          "device",
          "dir",
          "adapter",
          "name",
          "initiator",
          "auth",
          "format",
          "vendor",
          "product",
          "protocol");

  private static final String SOURCE = "source";
  private static final String TARGET = "target";
  private static final String FORMAT = "format";

  /** Types, with the format of the source where none is given; empty for those without. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("dir", ""),
          Map.entry("fs", "auto"),
          Map.entry("netfs", "auto"),
          Map.entry("logical", "lvm2"),
          Map.entry("disk", "unknown"),
          Map.entry("iscsi", ""),
          Map.entry("iscsi-direct", ""),
          Map.entry("scsi", ""),
          Map.entry("mpath", ""),
          Map.entry("rbd", ""),
          Map.entry("sheepdog", ""),
          Map.entry("gluster", ""),
          Map.entry("zfs", ""),
          Map.entry("vstorage", ""));

  private static final Set<String> WITH_HOST =
      Set.of("netfs", "iscsi", "iscsi-direct", "rbd", "sheepdog", "gluster");
  private static final Set<String> WITH_DEVICE = Set.of("fs", "disk", "iscsi", "iscsi-direct");
  private static final Set<String> WITH_DIR = Set.of("netfs");
  private static final Set<String> WITHOUT_TARGET =
      Set.of("iscsi-direct", "rbd", "sheepdog", "gluster");

  /** Types of which the source's name is that of the pool where none is given. */
  private static final Set<String> NAMED = Set.of("logical", "zfs");

  private PoolXml() {}

  static TestPool parse(String xml) throws VirtException {
    XmlElement root = ObjectXml.read("pool", xml);
    String type = root.attribute("type");
    if (type == null || !TYPES.containsKey(type)) {
      throw ObjectXml.wrong(
          "Invalid value for attribute 'type' in element 'pool': '%s'."
              .formatted(type == null ? "" : type));
    }
    String name =
        ObjectXml.text(root, "name")
            .or(() -> ObjectXml.text(root, SOURCE, "name"))
            .orElseThrow(() -> ObjectXml.wrong("missing pool source name element"));
    if (name.contains("/")) {
      throw ObjectXml.wrong("name " + name + " cannot contain '/'");
    }
    root.make("name").setText(name);
    UUID uuid = ObjectXml.uuid(root);
    source(root, type, name);
    target(root, type, name);
    ObjectXml.order(root, ORDER);
    return new TestPool(name, uuid, root);
  }

  private static void source(XmlElement root, String type, String name) throws VirtException {
    XmlElement source = root.make(SOURCE);
    require(type, WITH_HOST, source, "host", "missing storage pool source host name");
    require(type, WITH_DEVICE, source, "device", "missing storage pool source device name");
    require(type, WITH_DIR, source, "dir", "missing storage pool source path");
    if (NAMED.contains(type) && source.child("name").isEmpty()) {
      source.make("name").setText(name);
    }
    String format = TYPES.get(type);
    if (!format.isEmpty() && source.child(FORMAT).isEmpty()) {
      source.make(FORMAT).set("type", format);
    }
    ObjectXml.order(source, SOURCE_ORDER);
    if (source.children().isEmpty()) {
      // libvirt prints an element without content on two lines here.
      source.setText("\n  ");
    }
  }

  private static void require(
      String type, Set<String> types, XmlElement source, String element, String reason)
      throws VirtException {
    if (types.contains(type) && source.child(element).isEmpty()) {
      throw ObjectXml.wrong(reason);
    }
  }

  private static void target(XmlElement root, String type, String name) throws VirtException {
    if (WITHOUT_TARGET.contains(type)) {
      root.child(TARGET).ifPresent(root::remove);
      return;
    }
    Optional<String> given = ObjectXml.text(root, TARGET, "path");
    if (NAMED.contains(type)) {
      String source = ObjectXml.text(root, SOURCE, "name").orElse(name);
      given = Optional.of((type.equals("zfs") ? "/dev/zvol/" : "/dev/") + source);
    } else if (type.equals("mpath") && given.isEmpty()) {
      given = Optional.of("/dev/mapper");
    }
    XmlElement target = root.make(TARGET);
    target
        .make("path")
        .setText(
            given
                .map(PoolXml::sanitized)
                .orElseThrow(() -> ObjectXml.wrong("missing storage pool target path")));
    ObjectXml.order(target, List.of("path", "permissions"));
    Optional<XmlElement> permissions = target.child("permissions");
    permissions.ifPresent(all -> ObjectXml.order(all, List.of("mode", "owner", "group", "label")));
  }

  private static String sanitized(String path) {
    String single = path.replaceAll("/+", "/");
    return single.length() > 1 && single.endsWith("/")
        ? single.substring(0, single.length() - 1)
        : single;
  }

  /** Returns what no other pool of the type may have; empty where nothing is compared. */
  static String claim(TestPool pool) {
    XmlElement source = pool.xml.make(SOURCE);
    return switch (pool.type()) {
      case "dir" -> pool.path();
      case "netfs", "gluster" -> names(source, "host", "name") + names(source, "dir", "path");
      case "logical", "rbd", "sheepdog", "zfs" ->
          names(source, "host", "name") + ObjectXml.text(source, "name").orElse("");
      default -> names(source, "host", "name") + names(source, "device", "path");
    };
  }

  private static String names(XmlElement source, String element, String attribute) {
    return source.children(element).stream()
        .map(child -> element + "=" + child.attribute(attribute) + " ")
        .collect(Collectors.joining());
  }
}
