package org.virt.api.xml;

import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.util.StreamReaderDelegate;

/**
 * Counts depth, and ends the reading at a document type or an entity. The two convenience methods
 * are done anew here, for the parser's own would step past the checks.
 */
final class LimitedReader extends StreamReaderDelegate {
  private int depth;

  LimitedReader(XMLStreamReader in) {
    super(in);
  }

  @Override
  public int next() throws XMLStreamException {
    int event = super.next();
    switch (event) {
      case START_ELEMENT -> {
        if (++depth > SafeXml.MAX_DEPTH) {
          throw SafeXml.error(this, "elements are nested deeper than " + SafeXml.MAX_DEPTH);
        }
      }
      case END_ELEMENT -> depth--;
      case DTD -> throw SafeXml.error(this, "a document type (<!DOCTYPE) is not allowed");
      case ENTITY_REFERENCE ->
          throw SafeXml.error(this, "the entity '&" + getLocalName() + ";' is not allowed");
      default -> {
        // Everything else is content.
      }
    }
    return event;
  }

  @Override
  public int nextTag() throws XMLStreamException {
    int event = next();
    while (event == SPACE
        || event == COMMENT
        || event == PROCESSING_INSTRUCTION
        || (event == CHARACTERS || event == CDATA) && isWhiteSpace()) {
      event = next();
    }
    if (event != START_ELEMENT && event != END_ELEMENT) {
      throw SafeXml.error(this, "an element was expected");
    }
    return event;
  }

  @Override
  public String getElementText() throws XMLStreamException {
    if (getEventType() != START_ELEMENT) {
      throw SafeXml.error(this, "the text of an element was asked for outside of one");
    }
    String element = getLocalName();
    StringBuilder text = new StringBuilder();
    for (int event = next(); event != END_ELEMENT; event = next()) {
      switch (event) {
        case CHARACTERS, CDATA, SPACE -> text.append(getText());
        case COMMENT, PROCESSING_INSTRUCTION -> {
          // No part of the text.
        }
        default -> throw SafeXml.error(this, "only text is allowed in <" + element + ">");
      }
    }
    return text.toString();
  }
}
