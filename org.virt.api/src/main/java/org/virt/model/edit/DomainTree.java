package org.virt.model.edit;

import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/**
 * Domain XML that is being changed; for one thread. What it prints is to be read by {@code
 * DomainXml} again, which checks it and brings it in order.
 *
 * @param root the element {@code domain}
 */
public record DomainTree(XmlElement root) {
  /** Reads domain XML. */
  public static DomainTree of(String xml) throws VirtException {
    return new DomainTree(SafeXml.tree("domain XML", xml));
  }

  /** Returns the XML. */
  public String xml() {
    XmlWriter out = new XmlWriter();
    root.write(out);
    return out.toString();
  }

  /** Returns the element of a path of names, if it is there. */
  public Optional<XmlElement> find(String... path) {
    Optional<XmlElement> at = Optional.of(root);
    for (String name : path) {
      at = at.flatMap(element -> element.child(name));
    }
    return at;
  }

  /** Returns the element of a path of names, which is made as far as it is missing. */
  public XmlElement make(String... path) {
    XmlElement at = root;
    for (String name : path) {
      at = at.make(name);
    }
    return at;
  }

  /** Returns the text of the element of a path; empty when it is not there. */
  public String text(String... path) {
    return find(path).map(element -> element.text().strip()).orElse("");
  }

  /** Removes an element and those around it that are empty then, but for the root. */
  public void prune(String parent, XmlElement child) {
    find(parent)
        .ifPresent(
            outer -> {
              outer.remove(child);
              if (outer.children().isEmpty() && outer.attributes().isEmpty()) {
                root.remove(outer);
              }
            });
  }

  static VirtException invalid(String message) {
    return new VirtException(ErrorCode.INVALID_ARG, message);
  }
}
