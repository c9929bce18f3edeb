package org.virt.driver.test.internal;

import java.util.Optional;
import java.util.UUID;
import org.virt.api.xml.XmlElement;

/** A network: while it is active its definition may be another one. */
final class TestNetwork extends TestObject {
  private Optional<XmlElement> next = Optional.empty();

  TestNetwork(String name, UUID uuid, XmlElement xml) {
    super(name, uuid, xml);
  }

  /** Returns what it is from its next start on. */
  XmlElement definition() {
    return next.orElse(xml);
  }

  @Override
  void define(XmlElement definition) {
    if (active) {
      next = Optional.of(definition);
    } else {
      xml = definition;
    }
  }

  /** Changes what it is until it ends. */
  void change(XmlElement run) {
    next = Optional.of(definition());
    xml = run;
  }

  @Override
  void ended() {
    xml = definition();
    next = Optional.empty();
  }
}
