package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/**
 * A file that a machine's QEMU opens by its path.
 *
 * @param access bits of {@link Account}
 */
record FileUse(Path path, int access) {
  private static final int BOTH = Account.READ | Account.WRITE;

  /** Returns that of an image that is written; none of one that is no file of the host. */
  static List<FileUse> written(String path) {
    List<FileUse> uses = new ArrayList<>();
    add(uses, path, BOTH);
    return uses;
  }

  /** Returns those of a machine, each path once. */
  static List<FileUse> of(DomainTree tree) throws VirtException {
    return of(tree, device -> true);
  }

  /** Returns those of a machine but for its disks, of which QEMU knows more than a definition. */
  static List<FileUse> besideDisks(DomainTree tree) throws VirtException {
    return of(tree, device -> !device.name().equals("disk"));
  }

  private static List<FileUse> of(DomainTree tree, Predicate<XmlElement> which)
      throws VirtException {
    List<FileUse> uses = new ArrayList<>();
    for (XmlElement device : DeviceEdit.all(tree)) {
      if (which.test(device)) {
        uses.addAll(of(device));
      }
    }
    tree.find("os").ifPresent(os -> boot(os, uses));
    return once(uses);
  }

  private static void boot(XmlElement os, List<FileUse> uses) {
    for (String part : new String[] {"kernel", "initrd", "dtb", "loader"}) {
      os.child(part).ifPresent(file -> add(uses, file.text(), Account.READ));
    }
    for (XmlElement variables : os.children("nvram")) {
      String file = variables.child("source").map(s -> s.attribute("file")).orElse(null);
      add(uses, file == null ? variables.text() : file, BOTH);
    }
    for (XmlElement acpi : os.children("acpi")) {
      acpi.children("table").forEach(table -> add(uses, table.text(), Account.READ));
    }
  }

  private static List<FileUse> once(List<FileUse> uses) {
    Map<Path, FileUse> all = new LinkedHashMap<>();
    for (FileUse use : uses) {
      all.merge(use.path(), use, (one, two) -> new FileUse(one.path(), one.access | two.access));
    }
    return List.copyOf(all.values());
  }

  /** Returns those of one device. */
  static List<FileUse> of(XmlElement device) throws VirtException {
    List<FileUse> uses = new ArrayList<>();
    XmlElement none = new XmlElement("", "source");
    XmlElement source = device.child("source").orElse(none);
    switch (device.name()) {
      case "disk" -> disk(device, uses);
      case "serial", "parallel", "console", "channel" -> {
        add(uses, source.attribute("path"), chardev(device) ? BOTH : 0);
        device.child("log").ifPresent(log -> add(uses, log.attribute("file"), Account.WRITE));
      }
      case "rng" -> device.child("backend").ifPresent(b -> add(uses, b.text(), Account.READ));
      case "input" -> {
        add(uses, source.attribute("evdev"), BOTH);
        add(uses, source.attribute("dev"), BOTH);
      }
      case "memory" -> source.child("path").ifPresent(path -> add(uses, path.text(), BOTH));
      case "tpm" ->
          device
              .child("backend")
              .flatMap(backend -> backend.child("device"))
              .ifPresent(own -> add(uses, own.attribute("path"), BOTH));
      default -> {
        // It opens nothing by a path that a definition names.
      }
    }
    uses.removeIf(use -> use.access() == 0);
    return uses;
  }

  private static boolean chardev(XmlElement device) {
    return String.valueOf(device.attribute("type")).matches("file|dev");
  }

  private static void disk(XmlElement disk, List<FileUse> uses) throws VirtException {
    String path = DeviceEdit.path(disk).orElse("");
    boolean reads = disk.child("readonly").isPresent() || "cdrom".equals(disk.attribute("device"));
    add(uses, path, reads ? Account.READ : BOTH);
    for (String image : ImageChain.behind(disk)) {
      add(uses, image, Account.READ);
    }
  }

  private static void add(List<FileUse> uses, String path, int access) {
    if (path != null && path.strip().startsWith("/")) {
      uses.add(new FileUse(Path.of(path.strip()), access));
    }
  }
}
