package org.virt.nwfilter.internal.xml;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;

/**
 * A filter as it was written, checked.
 *
 * @param uuid absent when the XML gives none
 * @param chain the chain that its rules go into
 * @param priority the chain's priority, the default of its kind when the XML gives none
 * @param entries rules and references in the order of the XML
 */
public record FilterDefinition(
    Optional<UUID> uuid, String name, Chain chain, int priority, List<Entry> entries) {
  public FilterDefinition {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(chain, "chain");
    entries = List.copyOf(entries);
  }

  /** Returns the same filter under a UUID. */
  public FilterDefinition withUuid(UUID id) {
    return new FilterDefinition(Optional.of(id), name, chain, priority, entries);
  }

  /** Says whether it is the same filter, whatever the UUIDs. */
  public boolean sameMeaning(FilterDefinition other) {
    UUID any = new UUID(0, 0);
    return withUuid(any).equals(other.withUuid(any));
  }

  /** Returns the names of the filters that it refers to. */
  public List<String> references() {
    return entries.stream()
        .filter(Include.class::isInstance)
        .map(e -> ((Include) e).filter())
        .distinct()
        .toList();
  }

  /** A rule or a reference to another filter. */
  public sealed interface Entry {}

  /**
   * A reference to another filter.
   *
   * @param parameters values by name of variable, each with at least one
   */
  public record Include(String filter, Map<String, List<String>> parameters) implements Entry {
    public Include {
      Objects.requireNonNull(filter, "filter");
      parameters = new org.virt.api.nwfilter.FilterReference(filter, parameters).parameters();
    }
  }

  /**
   * A rule.
   *
   * @param number its place among the rules of its filter, from 1
   * @param priority −1000 to 1000, lower ones are looked at first
   * @param tracking whether connections are tracked ({@code statematch})
   * @param protocol absent for a rule about every frame
   * @param attributes in the order of {@link Vocabulary}
   */
  public record FilterRule(
      int number,
      Action action,
      Direction direction,
      int priority,
      Tracking tracking,
      Optional<Protocol> protocol,
      List<Attribute> attributes)
      implements Entry {
    public FilterRule {
      attributes = List.copyOf(attributes);
    }

    /** Finds an attribute by name. */
    public Optional<Attribute> attribute(String name) {
      for (Attribute attribute : attributes) {
        if (attribute.name().equals(name)) {
          return Optional.of(attribute);
        }
      }
      return Optional.empty();
    }
  }

  /** Which way a frame goes, seen from the guest. */
  public enum Direction {
    IN,
    OUT,
    INOUT
  }

  /** Whether a rule about connections accepts by their state. */
  public enum Tracking {
    STATEFUL,
    STATELESS
  }

  /** An attribute of a rule's protocol element. */
  public record Attribute(String name, Sense sense, Value value) {}

  /** What an attribute says. */
  public sealed interface Value {
    /** Text in its canonical form. */
    record Literal(String text) implements Value {}

    /** A variable that gets its value from the binding. */
    record Variable(VariableUse use) implements Value {}

    /** A number out of its range or a broken mask; kept so that the filter cannot be used. */
    record Illegal(String text, String reason) implements Value {}
  }
}
