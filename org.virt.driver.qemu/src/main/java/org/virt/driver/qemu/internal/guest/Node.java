package org.virt.driver.qemu.internal.guest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/**
 * An element of a machine's XML, to be filled in and read by path: {@code @type}, {@code
 * driver/@name}, {@code source/host/@name}, or {@code alias} for a text. For one thread.
 */
public final class Node {
  private final String namespace;
  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<Node> children = new ArrayList<>();

  /** What is kept as it came, text and all; null for what is read. */
  private XmlElement opaque;

  private String text = "";
  private Node parent;

  Node(String namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  /** Makes an element with attributes: names and values in turn, those that are null left out. */
  public static Node of(String name, String... attributes) {
    Node node = new Node("", name);
    for (int i = 0; i < attributes.length; i += 2) {
      node.set(attributes[i], attributes[i + 1]);
    }
    return node;
  }

  /** Reads a document; {@code metadata} is kept as it is. */
  public static Node of(XmlElement element) {
    return NodeXml.read(element);
  }

  /** Returns the element with all that it holds. */
  public XmlElement toElement() {
    return opaque == null ? NodeXml.write(this) : opaque;
  }

  /** Keeps an element as it came. */
  Node keep(XmlElement element) {
    opaque = element;
    return this;
  }

  /** Returns the text as it stands. */
  String rawText() {
    return text;
  }

  /** Returns the name with its prefix. */
  public String name() {
    return name;
  }

  /** Returns the namespace URI, empty for none. */
  public String namespace() {
    return namespace;
  }

  /** Returns the element around this one, null for the root or what is not in a tree. */
  public Node parent() {
    return parent;
  }

  /**
   * Keeps of what is kept as it came one element of each namespace, and none without one: the rule
   * for {@code metadata}.
   */
  public void keepUnique() {
    opaque = NodeXml.unique(opaque);
  }

  /** Returns the names of the attributes. */
  public List<String> attributes() {
    return List.copyOf(attributes.keySet());
  }

  /** Returns the elements within; the list is a view. */
  public List<Node> children() {
    return children;
  }

  /** Returns the elements of a name. */
  public List<Node> children(String wanted) {
    List<Node> found = new ArrayList<>();
    for (Node child : children) {
      if (child.name.equals(wanted)) {
        found.add(child);
      }
    }
    return found;
  }

  /** Returns the first element at a path such as {@code source/auth}; null when there is none. */
  public Node child(String path) {
    Node at = this;
    int from = 0;
    while (at != null) {
      int slash = path.indexOf('/', from);
      at = at.first(slash < 0 ? path.substring(from) : path.substring(from, slash));
      if (slash < 0) {
        return at;
      }
      from = slash + 1;
    }
    return null;
  }

  private Node first(String wanted) {
    for (Node child : children) {
      if (child.name.equals(wanted)) {
        return child;
      }
    }
    return null;
  }

  /** Returns the attribute or text at a path, null when it is not there. */
  public String get(String path) {
    int slash = path.lastIndexOf('/');
    String last = path.substring(slash + 1);
    if (last.startsWith("@")) {
      Node holder = slash < 0 ? this : child(path.substring(0, slash));
      return holder == null ? null : holder.attributes.get(last.substring(1));
    }
    Node found = child(path);
    return found == null ? null : found.text();
  }

  /** Returns the attribute or text at a path, or another value when it is not there. */
  public String get(String path, String absent) {
    String found = get(path);
    return found == null ? absent : found;
  }

  /** Says whether there is such an element or attribute. */
  public boolean has(String path) {
    return path.contains("@") ? get(path) != null : child(path) != null;
  }

  /** Says whether the value at a path is one of these. */
  public boolean is(String path, String... values) {
    String found = get(path);
    return found != null && Arrays.asList(values).contains(found);
  }

  /** Says whether a switch is on; absent ones are not. */
  public boolean on(String path) {
    return is(path, "on", "yes");
  }

  /** Returns a switch, null when it is not there. */
  public Boolean flag(String path) throws VirtException {
    String found = get(path);
    if (found == null || found.equals("default")) {
      return null;
    }
    return switch (found) {
      case "on", "yes" -> Boolean.TRUE;
      case "off", "no" -> Boolean.FALSE;
      default -> throw Refusal.of(path(path), "'" + found + "' is neither on nor off");
    };
  }

  /** Returns a number, decimal or hexadecimal; null when it is not there. */
  public Long number(String path) throws VirtException {
    String found = get(path);
    if (found == null || found.isBlank()) {
      return null;
    }
    try {
      return Numbers.parse(found.strip());
    } catch (NumberFormatException e) {
      throw Refusal.of(path(path), "'" + found + "' is not a number");
    }
  }

  /** Returns a number, or another one when it is not there. */
  public long number(String path, long absent) throws VirtException {
    Long found = number(path);
    return found == null ? absent : found;
  }

  /** Returns the value at a path, which must be there. */
  public String require(String path) throws VirtException {
    String found = get(path);
    if (found == null || found.isEmpty()) {
      throw Refusal.of(path(path), "missing");
    }
    return found;
  }

  /** Refuses a value that is there and none of these. */
  public void oneOf(String path, String... values) throws VirtException {
    String found = get(path);
    if (found != null && !Arrays.asList(values).contains(found)) {
      throw Refusal.of(
          path(path), "'" + found + "' is none of " + String.join(", ", Arrays.asList(values)));
    }
  }

  /** Returns the text without white space around it. */
  public String text() {
    return text.strip();
  }

  /** Sets the text. */
  public Node text(String value) {
    text = value;
    return this;
  }

  /** Sets an attribute of this element; null takes it away. */
  public Node set(String attribute, String value) {
    if (value == null) {
      attributes.remove(attribute);
    } else {
      attributes.put(attribute, value);
    }
    return this;
  }

  /** Sets an attribute unless it is there. */
  public Node fill(String attribute, String value) {
    attributes.putIfAbsent(attribute, value);
    return this;
  }

  /** Returns the element at a path, made when it is not there. */
  public Node ensure(String path) {
    Node at = this;
    for (String step : path.split("/", -1)) {
      Node next = at.first(step);
      at = next == null ? at.add(of(step)) : next;
    }
    return at;
  }

  /** Adds an element at the end, and returns it. */
  public Node add(Node child) {
    child.parent = this;
    children.add(child);
    return child;
  }

  /** Adds an element at a place, and returns it. */
  public Node add(int index, Node child) {
    child.parent = this;
    children.add(index, child);
    return child;
  }

  /** Takes this element out of its tree. */
  public void remove() {
    parent.children.removeIf(child -> child == this);
    parent = null;
  }

  /** Takes all elements of a name away. */
  public void drop(String wanted) {
    children.removeIf(child -> child.name.equals(wanted));
  }

  /** Holds what its copy holds, which is not used any more. */
  public void take(Node copy) {
    children.clear();
    copy.children.forEach(this::add);
  }

  /** Returns a copy with all that it holds. */
  public Node copy() {
    Node copy = new Node(namespace, name);
    copy.attributes.putAll(attributes);
    copy.text = text;
    copy.opaque = opaque;
    children.forEach(child -> copy.add(child.copy()));
    return copy;
  }

  /** Returns where it stands, such as {@code /domain/devices/disk[2]}. */
  public String path() {
    if (parent == null) {
      return "/" + name;
    }
    List<Node> equals = parent.children(name);
    String place = equals.size() < 2 ? "" : "[" + (equals.indexOf(this) + 1) + "]";
    return parent.path() + "/" + name + place;
  }

  /** Returns where something within it stands. */
  public String path(String within) {
    return path() + "/" + within;
  }
}
