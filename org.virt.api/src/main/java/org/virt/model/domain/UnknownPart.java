package org.virt.model.domain;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.xml.namespace.QName;
import org.virt.api.xml.XmlElement;

/**
 * An element or attribute that was kept though the model does not name it.
 *
 * @param path where it stands, as an XPath: {@code /domain/devices/disk[2]/iotune}, {@code
 *     /domain/memory/@dumpCore}
 * @param value the value of an attribute, the text of an element
 */
public record UnknownPart(String path, String value) {
  /** Lists the unknown parts of a machine, {@code metadata} left out. */
  static List<UnknownPart> of(DomainConfig config) {
    List<UnknownPart> found = new ArrayList<>();
    walk(
        config,
        "/domain",
        (path, value) -> {
          if (!path.equals("/domain/metadata")) {
            found.add(new UnknownPart(path, value));
          }
        });
    return found;
  }

  private static void walk(Object node, String path, BiConsumer<String, String> found) {
    Map<QName, String> attributes = Map.of();
    List<XmlElement> elements = List.of();
    if (node instanceof ConfigNode config) {
      attributes = config.otherAttributes;
      elements = config.otherElements;
    } else if (node instanceof ConfigText text) {
      attributes = text.otherAttributes;
    } else if (node instanceof Rng.Backend backend) {
      attributes = backend.otherAttributes;
      elements = backend.otherElements();
    }
    attributes.forEach((name, value) -> found.accept(path + "/@" + qualified(name), value));
    elements.forEach(e -> found.accept(path + '/' + e.name(), e.text().strip()));
    for (Field field : node.getClass().getFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        walkField(node, field, path, found);
      }
    }
  }

  private static void walkField(
      Object node, Field field, String path, BiConsumer<String, String> found) {
    Object content = read(node, field);
    String child = path + '/' + ModelReader.name(field);
    if (isNode(content)) {
      walk(content, child, found);
    } else if (content instanceof List<?> list && !list.isEmpty() && isNode(list.get(0))) {
      for (int i = 0; i < list.size(); i++) {
        walk(list.get(i), list.size() == 1 ? child : child + '[' + (i + 1) + ']', found);
      }
    }
  }

  private static boolean isNode(Object content) {
    return content instanceof ConfigNode
        || content instanceof ConfigText
        || content instanceof Rng.Backend;
  }

  private static Object read(Object node, Field field) {
    try {
      return field.get(node);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("read " + field, e);
    }
  }

  private static String qualified(QName name) {
    return name.getPrefix().isEmpty()
        ? name.getLocalPart()
        : name.getPrefix() + ':' + name.getLocalPart();
  }
}
