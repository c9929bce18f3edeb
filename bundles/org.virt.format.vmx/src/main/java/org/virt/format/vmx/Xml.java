package org.virt.format.vmx;

import org.virt.api.xml.XmlElement;

/** Short hands for trees of domain XML. */
final class Xml {
  private Xml() {}

  /**
   * Makes an element.
   *
   * @param attributes names and values in turn; one without a value is left out
   */
  static XmlElement element(String name, Object... attributes) {
    XmlElement element = new XmlElement("", name);
    for (int i = 0; i < attributes.length; i += 2) {
      if (attributes[i + 1] != null) {
        element.set(
            new XmlElement.Attribute("", attributes[i].toString(), attributes[i + 1].toString()));
      }
    }
    return element;
  }

  /** Makes an element with a text. */
  static XmlElement text(String name, Object text) {
    XmlElement element = new XmlElement("", name);
    element.append(text.toString());
    return element;
  }

  /** Puts an element into another, which is returned. */
  static XmlElement with(XmlElement outer, XmlElement... inner) {
    for (XmlElement element : inner) {
      outer.append(element);
    }
    return outer;
  }

  /** Returns an attribute of an element within, null when either is absent. */
  static String attribute(XmlElement element, String name, String attribute) {
    return element.child(name).map(found -> found.attribute(attribute)).orElse(null);
  }

  /** Returns the text of an element within, without white space around; null when absent. */
  static String childText(XmlElement element, String name) {
    return element.child(name).map(found -> found.text().strip()).orElse(null);
  }
}
