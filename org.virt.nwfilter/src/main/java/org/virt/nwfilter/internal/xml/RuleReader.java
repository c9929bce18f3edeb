package org.virt.nwfilter.internal.xml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.Direction;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Tracking;
import org.virt.nwfilter.internal.xml.FilterDefinition.Value;
import org.virt.nwfilter.internal.xml.Vocabulary.AttributeSpec;
import org.virt.nwfilter.internal.xml.Vocabulary.Condition;
import org.virt.nwfilter.internal.xml.Vocabulary.Shape;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;

/** Reads a rule element. */
final class RuleReader {
  private static final int DEFAULT_PRIORITY = 500;

  /** What has ports where the technique can see them: tcp, udp, dccp, sctp. */
  private static final Set<Long> WITH_PORTS = Set.of(6L, 17L, 33L, 132L);

  private static final long ICMPV6 = 58;

  private final Elements in;
  private final int number;
  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private Optional<Protocol> protocol = Optional.empty();

  RuleReader(Elements in, int number) {
    this.in = in;
    this.number = number;
  }

  FilterRule rule() throws XMLStreamException {
    in.known("action", "direction", "priority", "statematch");
    Action action = constant(Action.values(), "action");
    Direction direction = constant(Direction.values(), "direction");
    Optional<String> written = in.optional("priority");
    int priority =
        written.isPresent()
            ? FilterReader.priority(in, "priority", written.get())
            : DEFAULT_PRIORITY;
    Tracking tracking = tracking();
    while (in.nextChild()) {
      condition();
    }
    List<Attribute> sorted = new ArrayList<>();
    if (protocol.isPresent()) {
      for (Condition condition : Vocabulary.of(protocol.get())) {
        check(condition);
        sorted.addAll(parts(condition));
      }
      checkLayer4(protocol.get());
    }
    return new FilterRule(number, action, direction, priority, tracking, protocol, sorted);
  }

  /**
   * Returns the attributes of a condition. A mask or the end of a range belongs to what comes first
   * and cannot be negated alone: it takes its sense, as with libvirt.
   */
  private List<Attribute> parts(Condition condition) {
    List<Attribute> parts =
        condition.attributes().stream()
            .map(spec -> attributes.get(spec.name()))
            .filter(Objects::nonNull)
            .toList();
    return parts.stream()
        .map(part -> new Attribute(part.name(), parts.get(0).sense(), part.value()))
        .toList();
  }

  private <E extends Enum<E>> E constant(E[] values, String attribute) throws XMLStreamException {
    String text = in.required(attribute);
    List<String> words = new ArrayList<>();
    for (E value : values) {
      String word = value.name().toLowerCase(Locale.ROOT);
      if (word.equals(text)) {
        return value;
      }
      words.add(word);
    }
    throw in.error(attribute + " '" + text + "' is none of " + String.join(", ", words));
  }

  private Tracking tracking() throws XMLStreamException {
    String text = in.optional("statematch").orElse("true");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> Tracking.STATEFUL;
      case "false", "0" -> Tracking.STATELESS;
      default -> throw in.error("statematch '" + text + "' is none of true, false, 1, 0");
    };
  }

  private void condition() throws XMLStreamException {
    Optional<Protocol> found = Protocol.of(in.name());
    if (found.isEmpty()) {
      throw in.error("unknown element <" + in.name() + "> in <rule>");
    }
    if (protocol.isPresent() && !protocol.equals(found)) {
      throw in.error(
          "<" + in.name() + "> in a rule about <" + protocol.get().xmlName() + ">: one protocol");
    }
    protocol = found;
    Sense sense = sense();
    XMLStreamReader reader = in.reader();
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String name = reader.getAttributeLocalName(i);
      if (name.equals("match")) {
        continue;
      }
      Optional<AttributeSpec> spec = Vocabulary.attribute(found.get(), name);
      if (spec.isEmpty()) {
        if (sense == Sense.IS && isItself(found.get(), name, reader.getAttributeValue(i))) {
          continue;
        }
        throw in.error("unknown attribute '" + name + "' of <" + in.name() + ">");
      }
      Value value = value(spec.get(), reader.getAttributeValue(i));
      Attribute attribute = new Attribute(spec.get().name(), sense, value);
      if (attributes.put(attribute.name(), attribute) != null) {
        throw in.error("a second attribute '" + name + "' in one rule");
      }
    }
    in.end();
  }

  /** Says whether an attribute only says again what its element says, as in libvirt's own tests. */
  private static boolean isItself(Protocol protocol, String attribute, String value) {
    boolean arp = protocol == Protocol.ARP || protocol == Protocol.RARP;
    return arp && attribute.equals("protocolid") && value.equals(protocol.xmlName());
  }

  private Sense sense() throws XMLStreamException {
    String match = in.optional("match").orElse("yes");
    return switch (match) {
      case "yes" -> Sense.IS;
      case "no" -> Sense.IS_NOT;
      default -> throw in.error("match '" + match + "' is none of yes, no");
    };
  }

  private Value value(AttributeSpec spec, String text) throws XMLStreamException {
    if (text.startsWith("$") && spec.type() != WordType.COMMENT) {
      Optional<VariableUse> use = VariableUse.parse(text);
      if (use.isEmpty()) {
        throw in.error(spec.name() + ": '" + text + "' is not a variable");
      }
      return new Value.Variable(use.get());
    }
    try {
      return new Value.Literal(spec.type().canonical(text));
    } catch (ValueType.OutOfRange e) {
      return new Value.Illegal(text, place(spec.name(), text, e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw in.error(spec.name() + " has illegal value '" + text + "': " + e.getMessage());
    }
  }

  private String place(String attribute, String text, String expected) {
    return attribute + " has illegal value '" + text + "': " + expected;
  }

  /** Refuses a mask without an address and its like: what is left would match too much. */
  private void check(Condition condition) throws XMLStreamException {
    List<AttributeSpec> specs = condition.attributes();
    if (specs.size() < 2) {
      return;
    }
    Attribute first = attributes.get(specs.get(0).name());
    Attribute second = attributes.get(specs.get(1).name());
    if (first == null && second != null) {
      throw in.error(
          "'" + specs.get(1).name() + "' without '" + specs.get(0).name() + "' in one rule");
    }
    if (first != null && second == null && condition.shape() == Shape.IP_SET) {
      throw in.error("'ipset' without 'ipsetflags' in one rule");
    }
  }

  private void checkLayer4(Protocol rule) throws XMLStreamException {
    if (rule != Protocol.IP && rule != Protocol.IPV6) {
      return;
    }
    boolean ports =
        attributes.containsKey("srcportstart") || attributes.containsKey("dstportstart");
    boolean icmp = attributes.containsKey("type") || attributes.containsKey("code");
    Attribute written = attributes.get("protocol");
    if (written != null && written.value() instanceof Value.Illegal) {
      return;
    }
    Optional<Long> layer4 = Optional.empty();
    if (written != null
        && written.sense() == Sense.IS
        && written.value() instanceof Value.Literal literal) {
      layer4 = Optional.of(NumberType.IP_PROTOCOL.parse(literal.text()));
    }
    if (ports && (layer4.isEmpty() || !WITH_PORTS.contains(layer4.get()))) {
      throw in.error("ports without protocol tcp, udp, dccp (33) or sctp in one rule");
    }
    if (icmp && (layer4.isEmpty() || layer4.get() != ICMPV6)) {
      throw in.error("'type' or 'code' without protocol icmpv6 in one rule");
    }
  }
}
