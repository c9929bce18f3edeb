package org.virt.driver.qemu.internal.guest;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/** A machine as a tree, with what is asked of it often. For one thread. */
public final class Guest {
  private final Node root;

  /** Takes a tree, whose root is {@code domain}. */
  public Guest(Node root) {
    this.root = root;
  }

  /** Reads a document. */
  public static Guest of(XmlElement element) throws VirtException {
    if (!element.name().equals("domain")) {
      throw Refusal.xml("/" + element.name(), "is not a domain");
    }
    return new Guest(Node.of(element));
  }

  /** Returns the element {@code domain}. */
  public Node root() {
    return root;
  }

  /** Returns the element {@code devices}, made when it is not there. */
  public Node devices() {
    return root.ensure("devices");
  }

  /** Returns the devices of a kind. */
  public List<Node> devices(String kind) {
    return devices().children(kind);
  }

  /** Returns the architecture in libvirt's words. */
  public String arch() {
    return root.get("os/type/@arch", "x86_64");
  }

  /** Says whether its processors are Arm's. */
  public boolean isArm() {
    return Board.ARM.contains(arch());
  }

  /** Returns the machine type that QEMU is given. */
  public String machine() {
    return root.get("os/type/@machine", "");
  }

  /** Returns the kind of board. */
  public Board board() {
    return Board.of(arch(), machine());
  }

  /** Says whether its CPUs are the host's. */
  public boolean isKvm() {
    return root.is("@type", "kvm");
  }

  /** Finds a controller by type and index; null when there is none. */
  public Node controller(String type, long index) {
    for (Node controller : devices("controller")) {
      if (controller.is("@type", type)
          && Long.toString(index).equals(controller.get("@index", "0"))) {
        return controller;
      }
    }
    return null;
  }

  /** Returns the alias of the controller that a device's address names. */
  public String bus(String type, String index) {
    for (Node controller : devices("controller")) {
      if (controller.is("@type", type) && index.equals(controller.get("@index", "0"))) {
        return controller.get("alias/@name", type + index);
      }
    }
    return type + index;
  }

  /** Prints the machine as virsh does. */
  public String print() {
    XmlWriter out = new XmlWriter();
    element().write(out);
    return out.toString();
  }

  /** Returns the machine as a document. */
  public XmlElement element() {
    XmlElement element = root.toElement();
    for (Node child : root.children()) {
      int colon = child.name().indexOf(':');
      if (colon > 0) {
        element.declare(child.name().substring(0, colon), child.namespace());
      }
    }
    return element;
  }
}
