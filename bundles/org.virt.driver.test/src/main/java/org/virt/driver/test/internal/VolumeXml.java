package org.virt.driver.test.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume.Type;
import org.virt.api.xml.XmlElement;

/** XML of storage volumes, completed by what their pool says. */
final class VolumeXml {
  private static final List<String> ORDER =
      List.of("name", "key", "source", "capacity", "allocation", "target", "backingStore");

  private static final List<String> TARGET_ORDER =
      List.of("path", "format", "permissions", "timestamps", "encryption", "compat", "features");

  private static final Set<String> OF_BLOCKS =
      Set.of("logical", "disk", "iscsi", "iscsi-direct", "scsi", "mpath", "zfs");
  private static final Set<String> OF_NETWORK = Set.of("rbd", "sheepdog", "gluster");

  private VolumeXml() {}

  /**
   * Reads a volume.
   *
   * @param origin what it is a copy of
   */
  static TestVolume parse(TestPool pool, String xml, Optional<TestVolume> origin)
      throws VirtException {
    XmlElement root = ObjectXml.read("volume", xml);
    String name =
        ObjectXml.text(root, "name")
            .orElseThrow(() -> ObjectXml.wrong("missing volume name element"));
    Optional<XmlElement> given = amount(root, "capacity");
    if (given.isEmpty() && origin.isEmpty()) {
      throw ObjectXml.wrong("missing capacity element");
    }
    long capacity =
        given.isPresent()
            ? ObjectXml.bytes(given.get())
            : origin.map(TestVolume::capacity).orElseThrow();
    Optional<XmlElement> taken = amount(root, "allocation");
    long allocation = taken.isPresent() ? ObjectXml.bytes(taken.get()) : capacity;
    String path = pool.path() + "/" + name;
    Type type = type(pool);
    root.set("type", type.text());
    root.make("key").setText(path);
    ObjectXml.setBytes(root.make("capacity"), capacity);
    ObjectXml.setBytes(root.make("allocation"), allocation);
    target(root.make("target"), path, type);
    ObjectXml.order(root, ORDER);
    return new TestVolume(name, path, type, capacity, allocation, root, new TestBytes(capacity));
  }

  /** Returns an amount that is given; an empty element says nothing, as to libvirt. */
  private static Optional<XmlElement> amount(XmlElement root, String name) {
    return root.child(name).filter(element -> !element.text().isBlank());
  }

  private static void target(XmlElement target, String path, Type type) {
    target.make("path").setText(path);
    if (type == Type.FILE && target.child("format").isEmpty()) {
      target.make("format").set("type", "raw");
    }
    ObjectXml.order(target, TARGET_ORDER);
  }

  private static Type type(TestPool pool) {
    if (OF_NETWORK.contains(pool.type())) {
      return Type.NETWORK;
    }
    return OF_BLOCKS.contains(pool.type()) ? Type.BLOCK : Type.FILE;
  }
}
