package org.virt.nwfilter.internal.xml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.virt.api.xml.SafeXml;
import org.virt.nwfilter.internal.xml.FilterDefinition.Entry;
import org.virt.nwfilter.internal.xml.FilterDefinition.Include;

/** Reads a filter element. What it does not know is refused: left out, it could open a port. */
final class FilterReader {
  private static final int MAX_PRIORITY = 1000;

  private final Elements in;
  private int rules;

  FilterReader(XMLStreamReader in) {
    this.in = new Elements(in);
  }

  FilterDefinition filter() throws XMLStreamException {
    in.root("filter");
    in.known("name", "chain", "priority");
    String name = name();
    Optional<String> chainName = in.optional("chain");
    Chain chain = chain(chainName.orElse("root"));
    int priority = chain.defaultPriority();
    Optional<String> written = in.optional("priority");
    if (written.isPresent()) {
      int given = priority(in, "priority", written.get());
      // libvirt: of no effect where no chain is named.
      priority = chainName.isPresent() ? given : priority;
    }
    Optional<UUID> uuid = Optional.empty();
    List<Entry> entries = new ArrayList<>();
    while (in.nextChild()) {
      switch (in.name()) {
        case "uuid" -> {
          if (uuid.isPresent()) {
            throw in.error("a second <uuid>");
          }
          uuid = Optional.of(in.uuid());
        }
        case "rule" -> entries.add(new RuleReader(in, ++rules).rule());
        case "filterref" -> entries.add(include());
        default -> throw in.error("unknown element <" + in.name() + "> in <filter>");
      }
    }
    in.finish();
    return new FilterDefinition(uuid, name, chain, priority, entries);
  }

  private Include include() throws XMLStreamException {
    org.virt.api.nwfilter.FilterReference reference = in.filterReference();
    return new Include(reference.filter(), reference.parameters());
  }

  private String name() throws XMLStreamException {
    String name = in.required("name");
    if (name.isBlank()
        || name.indexOf('/') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw in.error("filter name '" + name.strip() + "' is empty or has a slash or line break");
    }
    return name;
  }

  private Chain chain(String name) throws XMLStreamException {
    try {
      return new Chain(name);
    } catch (IllegalArgumentException e) {
      throw in.error(e.getMessage());
    }
  }

  static int priority(Elements in, String what, String text) throws XMLStreamException {
    try {
      int priority = Integer.parseInt(text.stripLeading());
      if (Math.abs(priority) <= MAX_PRIORITY) {
        return priority;
      }
    } catch (NumberFormatException e) {
      // The same answer as for a number that is too great.
    }
    throw SafeXml.error(in.reader(), what + " '" + text + "' is not a number of -1000 to 1000");
  }
}
