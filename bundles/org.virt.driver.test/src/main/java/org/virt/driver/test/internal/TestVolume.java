package org.virt.driver.test.internal;

import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolume.Type;
import org.virt.api.xml.XmlElement;

/**
 * What is known of a volume.
 *
 * @param xml as it is printed
 * @param bytes what is in it
 */
record TestVolume(
    String name,
    String path,
    Type type,
    long capacity,
    long allocation,
    XmlElement xml,
    TestBytes bytes) {
  StorageVolume describe(TestPool pool) {
    return new StorageVolume(pool.name, name, path, path, type, capacity, allocation);
  }
}
