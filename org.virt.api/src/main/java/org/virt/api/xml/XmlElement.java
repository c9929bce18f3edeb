package org.virt.api.xml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An element with all that it holds, for parts of a document that no model describes. Comments,
 * processing instructions and white space between elements are not kept. For one thread.
 */
public final class XmlElement {
  private final String namespace;
  private final String name;
  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private final Map<String, String> declared = new LinkedHashMap<>();

  /** Elements and strings. */
  private final List<Object> content = new ArrayList<>();

  /**
   * Makes an element without content.
   *
   * @param namespace its namespace URI, empty for none
   * @param name its name with the prefix, such as {@code qemu:arg}
   */
  public XmlElement(String namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  /**
   * An attribute.
   *
   * @param namespace its namespace URI, empty for none
   * @param name its name with the prefix
   * @param value its value
   */
  public record Attribute(String namespace, String name, String value) {}

  /** Returns the namespace URI, empty for none. */
  public String namespace() {
    return namespace;
  }

  /** Returns the name with its prefix. */
  public String name() {
    return name;
  }

  /** Returns the attributes in their order. */
  public List<Attribute> attributes() {
    return List.copyOf(attributes.values());
  }

  /** Returns the value of an attribute without namespace, null when it is not there. */
  public String attribute(String attribute) {
    Attribute found = attributes.get(attribute);
    return found == null ? null : found.value();
  }

  /** Sets an attribute. */
  public void set(Attribute attribute) {
    attributes.put(attribute.name(), attribute);
  }

  /** Takes an attribute without namespace away, if it is there. */
  public void remove(String attribute) {
    attributes.remove(attribute);
  }

  /** Returns the elements within that have a name, in their order. */
  public List<XmlElement> children(String childName) {
    return children().stream().filter(child -> child.name().equals(childName)).toList();
  }

  /** Returns the elements within, in their order. */
  public List<XmlElement> children() {
    return content.stream()
        .filter(XmlElement.class::isInstance)
        .map(XmlElement.class::cast)
        .toList();
  }

  /** Returns the first element within that has a name, if there is one. */
  public Optional<XmlElement> child(String childName) {
    return children().stream().filter(child -> child.name().equals(childName)).findFirst();
  }

  /** Returns the first element within that has a name, made at the end if there is none. */
  public XmlElement make(String childName) {
    return child(childName)
        .orElseGet(
            () -> {
              XmlElement made = new XmlElement(namespace, childName);
              content.add(made);
              return made;
            });
  }

  /** Takes an element within away, with the last one the white space that was around it. */
  public void remove(XmlElement child) {
    content.removeIf(part -> part == child);
    if (children().isEmpty() && text().isBlank()) {
      content.clear();
    }
  }

  /** Puts an element in place of another, or at the end where that is not there. */
  public void replace(XmlElement old, XmlElement child) {
    for (int i = 0; i < content.size(); i++) {
      if (content.get(i) == old) {
        content.set(i, child);
        return;
      }
    }
    content.add(child);
  }

  /** Sets an attribute without namespace. */
  public void set(String attribute, String value) {
    set(new Attribute("", attribute, value));
  }

  /** Puts a text in place of everything within. */
  public void setText(String text) {
    content.clear();
    content.add(text);
  }

  /** Returns all text of the element itself, without that of the elements within. */
  public String text() {
    StringBuilder text = new StringBuilder();
    content.stream().filter(String.class::isInstance).forEach(text::append);
    return text.toString();
  }

  /** Returns the content: elements and strings, in their order. */
  List<Object> content() {
    return content;
  }

  /** Adds an element at the end. */
  public void append(XmlElement child) {
    content.add(child);
  }

  /** Adds text at the end. */
  public void append(String text) {
    content.add(text);
  }

  /** Puts the elements within in another order, those that are equal in it in their own. */
  public void sortChildren(Comparator<XmlElement> order) {
    List<XmlElement> sorted = new ArrayList<>(children());
    sorted.sort(order);
    content.removeIf(XmlElement.class::isInstance);
    content.addAll(sorted);
  }

  /**
   * Declares a namespace here rather than on each element within that uses it.
   *
   * @param prefix a prefix, not empty
   */
  public void declare(String prefix, String uri) {
    declared.put("xmlns:" + prefix, uri);
  }

  /** Prints the element; a namespace is declared on the outermost element that uses its prefix. */
  public void write(XmlWriter out) {
    write(out, Map.of());
  }

  private void write(XmlWriter out, Map<String, String> outer) {
    Map<String, String> scope = new HashMap<>(outer);
    Map<String, String> fresh = new LinkedHashMap<>(declared);
    scope.putAll(declared);
    declare(namespace, name, scope, fresh);
    for (Attribute attribute : attributes.values()) {
      if (attribute.name().contains(":")) {
        declare(attribute.namespace(), attribute.name(), scope, fresh);
      }
    }
    out.open(name);
    attributes.values().forEach(a -> out.attribute(a.name(), a.value()));
    fresh.forEach(out::attribute);
    boolean mixed = isMixed();
    if (mixed) {
      out.text("");
    }
    for (Object part : content) {
      if (part instanceof XmlElement child) {
        child.write(out, scope);
      } else if (mixed) {
        out.text(part);
      }
    }
    out.close();
  }

  /**
   * Says whether there is text that matters: a text alone, or more than white space between
   * elements.
   */
  private boolean isMixed() {
    return content.stream().noneMatch(XmlElement.class::isInstance)
        ? !content.isEmpty()
        : !text().isBlank();
  }

  private static void declare(
      String namespace, String name, Map<String, String> scope, Map<String, String> fresh) {
    int colon = name.indexOf(':');
    String declaration = colon < 0 ? "xmlns" : "xmlns:" + name.substring(0, colon);
    if (!name.startsWith("xml:") && !namespace.equals(scope.getOrDefault(declaration, ""))) {
      scope.put(declaration, namespace);
      fresh.put(declaration, namespace);
    }
  }
}
