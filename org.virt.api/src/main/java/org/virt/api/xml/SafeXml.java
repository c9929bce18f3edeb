package org.virt.api.xml;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * The one place where XML from outside is read: no document type, no entity but the five of XML
 * itself, at most {@link #MAX_BYTES} long and {@link #MAX_DEPTH} deep, version 1.0. Every error is
 * a {@link VirtException} {@code XML_ERROR} whose message names the document, line and column. Safe
 * for use by many threads.
 */
public final class SafeXml {
  /** The longest document that is read, bytes in UTF-8. */
  public static final int MAX_BYTES = 1 << 20;

  /** The most elements that may be open at once. */
  public static final int MAX_DEPTH = 64;

  private SafeXml() {}

  /**
   * Takes what it needs from a reader that stands at the start of a document.
   *
   * @param <T> what it makes of the document
   */
  @FunctionalInterface
  public interface Reading<T> {
    /**
     * Reads the document, as far as it likes.
     *
     * @throws XMLStreamException for malformed XML; made with {@link SafeXml#error}, for any other
     *     fault with a place
     */
    T read(XMLStreamReader in) throws XMLStreamException, VirtException;
  }

  /**
   * Reads a document.
   *
   * @param what names the document in messages, such as {@code domain XML}
   * @param xml the document
   * @param reading is called once, with a reader that keeps the limits
   * @return what {@code reading} returned
   * @throws VirtException {@code XML_ERROR} with line and column; those of {@code reading}
   */
  public static <T> T read(String what, String xml, Reading<T> reading) throws VirtException {
    if (tooLong(xml)) {
      throw new VirtException(
          ErrorCode.XML_ERROR, "read " + what + ": longer than " + MAX_BYTES + " bytes");
    }
    String text = xml.startsWith("\ufeff") ? xml.substring(1) : xml;
    try {
      XMLStreamReader in = Factory.NEW.createXMLStreamReader(new StringReader(text));
      if (in.getVersion() != null && !in.getVersion().equals("1.0")) {
        throw error(in, "XML version " + in.getVersion() + " is not supported");
      }
      return reading.read(new LimitedReader(in));
    } catch (XMLStreamException e) {
      throw new VirtException(ErrorCode.XML_ERROR, "read " + what + ": " + describe(e), e);
    }
  }

  /**
   * Reads a document as a tree.
   *
   * @param what names the document in messages
   * @throws VirtException {@code XML_ERROR} with line and column
   */
  public static XmlElement tree(String what, String xml) throws VirtException {
    return read(what, xml, XmlTreeBuilder::read);
  }

  /**
   * Makes an error with the place where the reader stands; {@link #read} gives it its final form.
   */
  public static XMLStreamException error(XMLStreamReader in, String reason) {
    return new XMLStreamException(reason, in.getLocation());
  }

  /** Returns {@code line L, column C: reason}, without the place when it is not known. */
  static String describe(XMLStreamException e) {
    String text = e.getMessage() == null ? "malformed" : e.getMessage();
    int message = text.indexOf("\nMessage: ");
    String reason = message < 0 ? text : text.substring(message + "\nMessage: ".length());
    Location at = e.getLocation();
    if (at == null || at.getLineNumber() < 0) {
      return reason;
    }
    return "line " + at.getLineNumber() + ", column " + at.getColumnNumber() + ": " + reason;
  }

  private static boolean tooLong(String xml) {
    return xml.length() > MAX_BYTES
        || xml.length() > MAX_BYTES / 3 && xml.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }

  /** Made at first use: looking for it costs some milliseconds. */
  private static final class Factory {
    static final XMLInputFactory NEW = make();

    private static XMLInputFactory make() {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
      factory.setProperty(XMLInputFactory.IS_COALESCING, true);
      factory.setXMLResolver(
          (publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entity '" + systemId + "' is not read");
          });
      return factory;
    }
  }
}
