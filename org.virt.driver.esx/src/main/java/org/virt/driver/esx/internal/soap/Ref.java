package org.virt.driver.esx.internal.soap;

import java.util.Objects;

/**
 * A managed object reference.
 *
 * @param type its managed object type, such as {@code VirtualMachine}
 * @param value what tells it from others of its type
 */
public record Ref(String type, String value) {
  public Ref {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(value, "value");
  }
}
