package org.virt.driver.esx.internal.soap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An element of an answer: VMware's data objects need no more of XML than names, types, texts.
 * Built once by {@link NodeReader}, then only read.
 */
public final class Node {
  private static final int USUAL_CHILDREN = 4;
  private static final Node NONE = new Node("", "", "");

  private final String name;
  private final String xsiType;
  private final String type;
  private List<Node> children = List.of();
  private CharSequence text = "";

  Node(String name, String xsiType, String type) {
    this.name = name;
    this.xsiType = xsiType;
    this.type = type;
  }

  void append(Node child) {
    if (children.isEmpty()) {
      children = new ArrayList<>(USUAL_CHILDREN);
    }
    children.add(child);
  }

  /** Most texts come in one piece, and blank ones before the first element are for nobody. */
  void append(String more) {
    if (text.isEmpty()) {
      text = more.isBlank() ? "" : more;
    } else if (text instanceof StringBuilder pieces) {
      pieces.append(more);
    } else {
      text = new StringBuilder(text).append(more);
    }
  }

  /** Returns one without content. */
  public static Node none() {
    return NONE;
  }

  /** Returns its name without prefix. */
  public String name() {
    return name;
  }

  /** Returns the type of its data object without prefix; empty where the answer does not say. */
  public String xsiType() {
    return xsiType;
  }

  /** Returns its text without white space around. */
  public String text() {
    return text.toString().strip();
  }

  /** Returns all elements within. */
  public List<Node> children() {
    return children;
  }

  /** Returns the elements of a name within. */
  public List<Node> all(String child) {
    return children.stream().filter(c -> c.name.equals(child)).toList();
  }

  /** Returns the element at a path of names with dots between, if it is there. */
  public Optional<Node> find(String path) {
    Node at = this;
    for (String part : path.split("\\.")) {
      Node next = null;
      for (Node child : at.children) {
        if (child.name.equals(part)) {
          next = child;
          break;
        }
      }
      if (next == null) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(at);
  }

  /** Returns the element at a path, one without content when it is absent. */
  public Node at(String path) {
    return find(path).orElse(NONE);
  }

  /** Returns the text at a path, empty when it is absent. */
  public String text(String path) {
    return at(path).text();
  }

  /** Returns the whole number at a path. */
  public long number(String path, long absent) {
    String digits = text(path);
    try {
      return digits.isEmpty() ? absent : Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  /** Says whether {@code true} stands at a path. */
  public boolean isTrue(String path) {
    return text(path).equals("true") || text(path).equals("1");
  }

  /** Returns it as a reference. */
  public Ref ref() {
    return new Ref(type, text());
  }

  /** Returns the reference at a path, if it is there. */
  public Optional<Ref> ref(String path) {
    return find(path).map(Node::ref);
  }
}
