package org.virt.driver.test.internal;

import java.util.UUID;
import org.virt.api.xml.XmlElement;

/** What is known of a network or a pool; guarded by those who keep it. */
class TestObject {
  final String name;
  final UUID uuid;
  XmlElement xml;
  boolean active;
  boolean persistent;
  boolean autostart;

  TestObject(String name, UUID uuid, XmlElement xml) {
    this.name = name;
    this.uuid = uuid;
    this.xml = xml;
  }

  /** Takes another definition. */
  void define(XmlElement definition) {
    xml = definition;
  }

  /** Takes note that it is active no more. */
  void ended() {
    // What it is does not depend on that.
  }
}
