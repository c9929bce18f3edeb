package org.virt.driver.esx.internal.soap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads answers: no document type, no entity but the five of XML, limited in depth. */
final class NodeReader {
  private static final int MAX_DEPTH = 100;
  private static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";

  private NodeReader() {}

  /**
   * Reads a document.
   *
   * @throws IOException when it is not well-formed or holds what is not allowed
   */
  static Node read(byte[] document) throws IOException {
    try {
      XMLStreamReader in = Factory.NEW.createXMLStreamReader(new ByteArrayInputStream(document));
      return read(in);
    } catch (XMLStreamException e) {
      String reason = String.valueOf(e.getMessage()).replaceAll("\\s*\\n\\s*", " ");
      throw new IOException("the answer is not XML: " + reason, e);
    }
  }

  private static Node read(XMLStreamReader in) throws XMLStreamException, IOException {
    Node document = new Node("", "", "");
    Deque<Node> open = new ArrayDeque<>();
    open.push(document);
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          if (open.size() > MAX_DEPTH) {
            throw new IOException("the answer is nested deeper than " + MAX_DEPTH);
          }
          Node node = element(in);
          open.element().append(node);
          open.push(node);
        }
        case XMLStreamConstants.END_ELEMENT -> open.pop();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            open.element().append(in.getText());
        case XMLStreamConstants.DTD ->
            throw new IOException("the answer has a document type, which is not allowed");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new IOException("the answer has the entity '" + in.getLocalName() + "'");
        default -> {
          // Comments and the like.
        }
      }
    }
    return document.children().get(0);
  }

  /** An attribute without prefix is told from one with by its namespace, which is null then. */
  private static Node element(XMLStreamReader in) {
    String type = "";
    String xsiType = "";
    for (int i = 0; i < in.getAttributeCount(); i++) {
      if (in.getAttributeLocalName(i).equals("type")) {
        if (XSI.equals(in.getAttributeNamespace(i))) {
          xsiType = unprefixed(in.getAttributeValue(i));
        } else {
          type = unprefixed(in.getAttributeValue(i));
        }
      }
    }
    return new Node(in.getLocalName(), xsiType, type);
  }

  private static String unprefixed(String type) {
    return type.substring(type.indexOf(':') + 1);
  }

  /** Made at first use: looking for it costs some milliseconds. */
  private static final class Factory {
    static final XMLInputFactory NEW = make();

    private static XMLInputFactory make() {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
      return factory;
    }
  }
}
