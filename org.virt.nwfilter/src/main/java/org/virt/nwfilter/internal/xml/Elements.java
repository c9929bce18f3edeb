package org.virt.nwfilter.internal.xml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.xml.SafeXml;

/** Walks through elements that have attributes and children and no text of their own. */
final class Elements {
  private static final Pattern UUID_FORM =
      Pattern.compile(
          "([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})");

  private final XMLStreamReader in;

  Elements(XMLStreamReader in) {
    this.in = in;
  }

  XMLStreamReader reader() {
    return in;
  }

  XMLStreamException error(String reason) {
    return SafeXml.error(in, reason);
  }

  String name() {
    return in.getLocalName();
  }

  void root(String name) throws XMLStreamException {
    while (in.next() != XMLStreamConstants.START_ELEMENT) {
      continue;
    }
    if (!in.getLocalName().equals(name)) {
      throw error("expected <" + name + ">, found <" + in.getLocalName() + ">");
    }
  }

  /** Goes to the start of the next child; false at the end of the current element. */
  boolean nextChild() throws XMLStreamException {
    while (true) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          return true;
        }
        case XMLStreamConstants.END_ELEMENT -> {
          return false;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (!in.getText().isBlank()) {
            throw error("text '" + in.getText().strip() + "' where none is expected");
          }
        }
        case XMLStreamConstants.END_DOCUMENT -> throw error("the document ends early");
        default -> {
          // Comments and processing instructions say nothing to us.
        }
      }
    }
  }

  /** Goes to the end of the current element, which has no children. */
  void end() throws XMLStreamException {
    String name = name();
    if (nextChild()) {
      throw error("unknown element <" + name() + "> in <" + name + ">");
    }
  }

  /** Goes to the end of the document, which holds nothing more. */
  void finish() throws XMLStreamException {
    while (in.hasNext()) {
      in.next();
    }
  }

  /** Refuses attributes other than these. */
  void known(String... names) throws XMLStreamException {
    for (int i = 0; i < in.getAttributeCount(); i++) {
      if (!List.of(names).contains(in.getAttributeLocalName(i))) {
        throw error("unknown attribute '" + in.getAttributeLocalName(i) + "' of <" + name() + ">");
      }
    }
  }

  Optional<String> optional(String attribute) {
    return Optional.ofNullable(in.getAttributeValue(null, attribute));
  }

  String required(String attribute) throws XMLStreamException {
    Optional<String> value = optional(attribute);
    if (value.isEmpty()) {
      throw error("<" + name() + "> has no attribute '" + attribute + "'");
    }
    return value.get();
  }

  UUID uuid() throws XMLStreamException {
    known();
    String text = in.getElementText().strip();
    Matcher form = UUID_FORM.matcher(text);
    if (!form.matches()) {
      throw error("'" + text + "' is not a UUID");
    }
    return UUID.fromString(form.replaceFirst("$1-$2-$3-$4-$5"));
  }

  /** Reads a {@code filterref} with its parameters. */
  FilterReference filterReference() throws XMLStreamException {
    known("filter");
    String filter = required("filter");
    if (filter.isBlank()) {
      throw error("<filterref> has an empty attribute 'filter'");
    }
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    while (nextChild()) {
      if (!name().equals("parameter")) {
        throw error("unknown element <" + name() + "> in <filterref>");
      }
      known("name", "value");
      String variable = required("name");
      String value = required("value");
      if (!VariableUse.isName(variable)) {
        throw error("parameter name '" + variable + "' has other than letters, digits and '_'");
      }
      if (!VariableUse.isValue(value)) {
        throw error(
            "value '" + value + "' of " + variable + " has other than letters, digits, '_.:'");
      }
      parameters.computeIfAbsent(variable, v -> new ArrayList<>()).add(value);
      end();
    }
    return new FilterReference(filter, parameters);
  }
}
