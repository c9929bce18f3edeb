package org.virt.api.xml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Makes an {@link XmlElement} of SAX events, and SAX events of an {@link XmlElement}. For one
 * thread.
 */
public final class XmlTreeBuilder extends DefaultHandler {
  private final Deque<XmlElement> open = new ArrayDeque<>();
  private XmlElement root;

  /** Returns the outermost element, null before its start. */
  public XmlElement root() {
    return root;
  }

  /** Adds an element to the one that is open now; it is shared, not copied. */
  public void append(XmlElement element) {
    open.element().append(element);
  }

  /** Reads a document, from its start to its end. */
  static XmlElement read(XMLStreamReader in) throws XMLStreamException {
    XmlTreeBuilder tree = new XmlTreeBuilder();
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> tree.start(in);
        case XMLStreamConstants.END_ELEMENT -> tree.open.pop();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> tree.text(in.getText());
        default -> {
          // Comments and the like are not kept.
        }
      }
    }
    return tree.root;
  }

  private void start(XMLStreamReader in) {
    XmlElement element = new XmlElement(orEmpty(in.getNamespaceURI()), qualified(in.getName()));
    for (int i = 0; i < in.getAttributeCount(); i++) {
      element.set(
          new XmlElement.Attribute(
              orEmpty(in.getAttributeNamespace(i)),
              qualified(in.getAttributeName(i)),
              in.getAttributeValue(i)));
    }
    push(element);
  }

  private void push(XmlElement element) {
    if (open.isEmpty()) {
      root = element;
    } else {
      open.element().append(element);
    }
    open.push(element);
  }

  private void text(String text) {
    if (!open.isEmpty()) {
      open.element().append(text);
    }
  }

  private static String qualified(QName name) {
    return name.getPrefix().isEmpty()
        ? name.getLocalPart()
        : name.getPrefix() + ':' + name.getLocalPart();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  @Override
  public void startElement(String uri, String localName, String qName, Attributes attributes) {
    XmlElement element = new XmlElement(uri, qName);
    for (int i = 0; i < attributes.getLength(); i++) {
      String name = attributes.getQName(i);
      if (!name.equals("xmlns") && !name.startsWith("xmlns:")) {
        element.set(new XmlElement.Attribute(attributes.getURI(i), name, attributes.getValue(i)));
      }
    }
    push(element);
  }

  @Override
  public void endElement(String uri, String localName, String qName) {
    open.pop();
  }

  @Override
  public void characters(char[] text, int start, int length) {
    text(new String(text, start, length));
  }

  /**
   * Sends an element, as part of a document.
   *
   * @param started is told of each element once its start is sent, and says which elements within
   *     are sent too
   */
  public static void replay(
      XmlElement element,
      ContentHandler handler,
      Function<XmlElement, Predicate<XmlElement>> started)
      throws SAXException {
    AttributesImpl attributes = new AttributesImpl();
    for (XmlElement.Attribute a : element.attributes()) {
      attributes.addAttribute(a.namespace(), local(a.name()), a.name(), "CDATA", a.value());
    }
    String prefix = element.name().substring(0, Math.max(0, element.name().indexOf(':')));
    handler.startPrefixMapping(prefix, element.namespace());
    handler.startElement(element.namespace(), local(element.name()), element.name(), attributes);
    Predicate<XmlElement> sent = started.apply(element);
    for (Object part : element.content()) {
      if (part instanceof XmlElement child) {
        if (sent.test(child)) {
          replay(child, handler, started);
        }
      } else {
        String text = part.toString();
        handler.characters(text.toCharArray(), 0, text.length());
      }
    }
    handler.endElement(element.namespace(), local(element.name()), element.name());
    handler.endPrefixMapping(prefix);
  }

  private static String local(String name) {
    return name.substring(name.indexOf(':') + 1);
  }
}
