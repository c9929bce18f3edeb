package org.virt.driver.test.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePool.Persistence;
import org.virt.api.storage.StoragePool.State;
import org.virt.api.xml.XmlElement;

/** What is known of a pool; all have the same size, and what volumes take is only counted. */
final class TestPool extends TestObject {
  static final long CAPACITY = 100L << 30;

  final Map<String, TestVolume> volumes = new LinkedHashMap<>();

  TestPool(String name, UUID uuid, XmlElement xml) {
    super(name, uuid, xml);
  }

  String type() {
    return xml.attribute("type");
  }

  String path() {
    return ObjectXml.text(xml, "target", "path").orElse("");
  }

  long allocation() {
    return volumes.values().stream().mapToLong(TestVolume::allocation).sum();
  }

  StoragePool describe() {
    Persistence kept = autostart ? Persistence.AUTOSTART : Persistence.PERSISTENT;
    long allocation = allocation();
    return new StoragePool(
        name,
        uuid,
        active ? State.RUNNING : State.INACTIVE,
        persistent ? kept : Persistence.TRANSIENT,
        CAPACITY,
        allocation,
        CAPACITY - allocation);
  }

  /** Returns the XML with the sizes of now. */
  String print() {
    long allocation = allocation();
    ObjectXml.setBytes(xml.make("capacity"), CAPACITY);
    ObjectXml.setBytes(xml.make("allocation"), allocation);
    ObjectXml.setBytes(xml.make("available"), CAPACITY - allocation);
    ObjectXml.order(xml, PoolXml.ORDER);
    return ObjectXml.print(xml);
  }

  void requireActive() throws VirtException {
    if (!active) {
      throw TestRegistry.invalid("storage pool '" + name + "' is not active");
    }
  }

  void requireInactive() throws VirtException {
    if (active) {
      throw TestRegistry.invalid("storage pool '" + name + "' is active");
    }
  }

  TestVolume volume(String volume) throws VirtException {
    TestVolume found = volumes.get(volume);
    if (found == null) {
      throw new VirtException(
          ErrorCode.NO_STORAGE_VOL,
          "Storage volume not found: no storage vol with matching name '" + volume + "'");
    }
    return found;
  }
}
