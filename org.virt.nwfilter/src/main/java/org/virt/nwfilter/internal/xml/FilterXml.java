package org.virt.nwfilter.internal.xml;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlWriter;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.Entry;
import org.virt.nwfilter.internal.xml.FilterDefinition.FilterRule;
import org.virt.nwfilter.internal.xml.FilterDefinition.Include;
import org.virt.nwfilter.internal.xml.FilterDefinition.Tracking;
import org.virt.nwfilter.internal.xml.FilterDefinition.Value;
import org.virt.spi.nwfilter.Match.Sense;

/** Filter XML as text. */
public final class FilterXml {
  private FilterXml() {}

  /**
   * Reads filter XML.
   *
   * @throws VirtException {@code XML_ERROR} with line and column
   */
  public static FilterDefinition parse(String xml) throws VirtException {
    return SafeXml.read("filter XML", xml, in -> new FilterReader(in).filter());
  }

  /** Prints a filter as libvirt does. */
  public static String print(FilterDefinition filter) {
    return write(filter, Content.VALID);
  }

  /** Prints a filter with the values that make it unusable, so that it stays so when read again. */
  public static String printAll(FilterDefinition filter) {
    return write(filter, Content.ALL);
  }

  /** Prints a rule in one line, all of it: {@code accept in <ip protocol='tcp'/>}. */
  public static String line(FilterRule rule) {
    XmlWriter out = new XmlWriter();
    rule.protocol().ifPresent(protocol -> attributes(out, protocol.xmlName(), rule, Content.ALL));
    String tracking = rule.tracking() == Tracking.STATELESS ? " stateless " : " ";
    String elements = out.toString().lines().map(String::strip).collect(Collectors.joining(" "));
    return (word(rule.action()) + " " + word(rule.direction()) + tracking + elements).strip();
  }

  /** Returns why a filter cannot be used: its values that do not exist, each with its rule. */
  public static List<String> faults(FilterDefinition filter) {
    List<String> faults = new ArrayList<>();
    for (Entry entry : filter.entries()) {
      if (entry instanceof FilterRule rule) {
        for (Attribute attribute : rule.attributes()) {
          if (attribute.value() instanceof Value.Illegal illegal) {
            faults.add("rule " + rule.number() + ": " + illegal.reason());
          }
        }
      }
    }
    return faults;
  }

  /** Prints parameters of a filter reference: one element a value, sorted by name. */
  static void parameters(XmlWriter out, Map<String, List<String>> parameters) {
    parameters.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            p ->
                p.getValue()
                    .forEach(
                        value ->
                            out.open("parameter")
                                .attribute("name", p.getKey())
                                .attribute("value", value)
                                .close()));
  }

  private enum Content {
    VALID,
    ALL
  }

  private static String write(FilterDefinition filter, Content content) {
    XmlWriter out = new XmlWriter();
    out.open("filter").attribute("name", filter.name()).attribute("chain", filter.chain().name());
    if (filter.priority() != 0) {
      out.attribute("priority", filter.priority());
    }
    filter.uuid().ifPresent(uuid -> out.element("uuid", uuid));
    for (Entry entry : filter.entries()) {
      if (entry instanceof FilterRule rule) {
        rule(out, rule, content);
      } else if (entry instanceof Include include) {
        out.open("filterref").attribute("filter", include.filter());
        parameters(out, include.parameters());
        out.close();
      }
    }
    return out.close().toString();
  }

  private static void rule(XmlWriter out, FilterRule rule, Content content) {
    out.open("rule")
        .attribute("action", word(rule.action()))
        .attribute("direction", word(rule.direction()))
        .attribute("priority", rule.priority());
    if (rule.tracking() == Tracking.STATELESS) {
      out.attribute("statematch", "false");
    }
    rule.protocol().ifPresent(protocol -> attributes(out, protocol.xmlName(), rule, content));
    out.close();
  }

  /** Starts a new element wherever the sense changes. */
  private static void attributes(XmlWriter out, String element, FilterRule rule, Content content) {
    Optional<Sense> sense = Optional.empty();
    for (Attribute attribute : rule.attributes()) {
      Optional<String> text = text(attribute.value(), content);
      if (text.isEmpty()) {
        continue;
      }
      if (!sense.equals(Optional.of(attribute.sense()))) {
        if (sense.isPresent()) {
          out.close();
        }
        out.open(element);
        if (attribute.sense() == Sense.IS_NOT) {
          out.attribute("match", "no");
        }
        sense = Optional.of(attribute.sense());
      }
      out.attribute(attribute.name(), text.get());
    }
    if (sense.isEmpty()) {
      out.open(element);
    }
    out.close();
  }

  private static Optional<String> text(Value value, Content content) {
    if (value instanceof Value.Illegal illegal) {
      return content == Content.ALL ? Optional.of(illegal.text()) : Optional.empty();
    }
    return Optional.of(
        value instanceof Value.Variable variable
            ? variable.use().toString()
            : ((Value.Literal) value).text());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(java.util.Locale.ROOT);
  }
}
