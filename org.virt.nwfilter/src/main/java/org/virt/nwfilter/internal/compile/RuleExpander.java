package org.virt.nwfilter.internal.compile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.internal.compile.FilterTree.Leaf;
import org.virt.nwfilter.internal.xml.FilterDefinition.Attribute;
import org.virt.nwfilter.internal.xml.FilterDefinition.Value;
import org.virt.nwfilter.internal.xml.VariableUse;
import org.virt.nwfilter.internal.xml.Vocabulary;
import org.virt.nwfilter.internal.xml.Vocabulary.AttributeSpec;
import org.virt.nwfilter.internal.xml.Vocabulary.Condition;
import org.virt.nwfilter.internal.xml.Vocabulary.Shape;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Protocol;

/**
 * Puts values in place of the variables of one rule. Uses with the same iterator advance together,
 * different iterators go through all combinations, the first one fastest (formatnwfilter, "Usage of
 * variables"). A variable with one value goes along with any number of others.
 */
final class RuleExpander {
  /** With the name of a variable behind it, stands for what each port has of its own. */
  private static final String OWN = "$";

  private final Leaf leaf;
  private final Own own;
  private boolean literal;

  RuleExpander(Leaf leaf, Own own) {
    this.leaf = leaf;
    this.own = own;
  }

  /** Returns what a text of {@link #expand} stands for, when it stands for the port's own. */
  static Optional<Operand> own(String text) {
    if (!text.startsWith(OWN)) {
      return Optional.empty();
    }
    return Own.family(text.substring(OWN.length()))
        .<Operand>map(Operand.Lookup::new)
        .or(() -> Optional.of(new Operand.PortMac()));
  }

  /** Says whether values of the port itself became a part of the rules. */
  boolean usedLiterals() {
    return literal;
  }

  /** Returns for each rule that this one becomes the texts of its attributes by name. */
  List<Map<String, String>> expand() throws VirtException {
    Map<String, String> fixed = new LinkedHashMap<>();
    Map<Integer, Map<String, List<String>>> iterators = new LinkedHashMap<>();
    for (Attribute attribute : leaf.rule().attributes()) {
      String name = attribute.name();
      if (attribute.value() instanceof Value.Illegal illegal) {
        throw invalid(illegal.reason());
      } else if (attribute.value() instanceof Value.Literal text) {
        fixed.put(name, text.text());
      } else if (attribute.value() instanceof Value.Variable variable) {
        VariableUse use = variable.use();
        if (isOwnMac(attribute, use) || isLookup(attribute, use)) {
          fixed.put(name, OWN + use.name());
          continue;
        }
        List<String> values = valuesOf(attribute, use);
        if (use.element().isPresent()) {
          fixed.put(name, element(use, values));
        } else {
          iterators.computeIfAbsent(use.iterator(), i -> new LinkedHashMap<>()).put(name, values);
        }
      }
    }
    return combine(fixed, iterators);
  }

  /**
   * Whether the addresses may stay out of the rule: a positive, unmasked, plain use that no other
   * list goes along with. In RARP they are not looked up: nftables has no type for its fields.
   */
  private boolean isLookup(Attribute attribute, VariableUse use) {
    boolean candidate = own.lookups() && isOwnAddress(use) && attribute.sense() == Sense.IS;
    boolean rarp = leaf.rule().protocol().equals(Optional.of(Protocol.RARP));
    if (!candidate || rarp || !isPlain(attribute, use, Shape.NET) || !isOfFamily(use)) {
      return false;
    }
    for (Attribute other : leaf.rule().attributes()) {
      if (!other.name().equals(attribute.name())
          && other.value() instanceof Value.Variable variable
          && variable.use().isPlain()
          && (isOwnAddress(variable.use())
              || leaf.variables().getOrDefault(variable.use().name(), List.of()).size() > 1)) {
        return false;
      }
    }
    return true;
  }

  private boolean isOwnMac(Attribute attribute, VariableUse use) {
    return isMac(use) && isPlain(attribute, use, Shape.MAC);
  }

  private boolean isMac(VariableUse use) {
    return use.name().equals(Own.MAC)
        && leaf.variables().get(Own.MAC).equals(List.of(own.mac().toString()));
  }

  private boolean isOwnAddress(VariableUse use) {
    return Own.family(use.name()).isPresent()
        && (own.given().contains(use.name()) || !leaf.variables().containsKey(use.name()));
  }

  /** Whether a variable stands for whole addresses, without an index or a mask. */
  private boolean isPlain(Attribute attribute, VariableUse use, Shape shape) {
    Condition condition = conditionOf(attribute.name());
    return use.isPlain()
        && condition.shape() == shape
        && condition.attributes().get(0).name().equals(attribute.name())
        && condition.attributes().stream()
            .skip(1)
            .noneMatch(mask -> leaf.rule().attribute(mask.name()).isPresent());
  }

  private boolean isOfFamily(VariableUse use) {
    Protocol protocol = leaf.rule().protocol().orElseThrow();
    boolean six = protocol == Protocol.IPV6 || protocol.layer() == Protocol.Layer.IPV6;
    return six == (Own.family(use.name()).orElseThrow() == Operand.Family.IPV6);
  }

  private List<String> valuesOf(Attribute attribute, VariableUse use) throws VirtException {
    List<String> raw = leaf.variables().get(use.name());
    boolean address = isOwnAddress(use);
    literal |= address || isMac(use);
    if (raw == null && address) {
      raw = own.texts(Own.family(use.name()).orElseThrow());
    }
    if (raw == null || raw.isEmpty()) {
      throw binding("variable " + use.name() + " has no value");
    }
    AttributeSpec spec = Vocabulary.attribute(leaf.rule().protocol().get(), attribute.name()).get();
    List<String> values = new ArrayList<>();
    for (String value : raw) {
      try {
        values.add(spec.type().canonical(value));
      } catch (IllegalArgumentException e) {
        throw binding(
            attribute.name()
                + " has illegal value '"
                + value
                + "' of variable "
                + use.name()
                + ": "
                + e.getMessage());
      }
    }
    return values;
  }

  private String element(VariableUse use, List<String> values) throws VirtException {
    int index = use.element().getAsInt();
    if (index >= values.size()) {
      throw binding(use + " asks for more than the " + values.size() + " values of " + use.name());
    }
    return values.get(index);
  }

  private List<Map<String, String>> combine(
      Map<String, String> fixed, Map<Integer, Map<String, List<String>>> iterators)
      throws VirtException {
    List<Map<String, String>> all = List.of(fixed);
    for (Map<String, List<String>> iterator : iterators.values()) {
      Set<Map<String, String>> tuples = tuples(iterator);
      if ((long) all.size() * tuples.size() > FilterTree.MAX_RULES) {
        throw binding("more than " + FilterTree.MAX_RULES + " combinations of values");
      }
      List<Map<String, String>> next = new ArrayList<>();
      for (Map<String, String> tuple : tuples) {
        for (Map<String, String> before : all) {
          Map<String, String> values = new LinkedHashMap<>(before);
          values.putAll(tuple);
          next.add(values);
        }
      }
      all = next;
    }
    return all;
  }

  private Set<Map<String, String>> tuples(Map<String, List<String>> lists) throws VirtException {
    int size = lists.values().stream().mapToInt(List::size).max().orElse(0);
    Set<Map<String, String>> tuples = new LinkedHashSet<>();
    for (int i = 0; i < size; i++) {
      Map<String, String> tuple = new LinkedHashMap<>();
      for (Map.Entry<String, List<String>> list : lists.entrySet()) {
        int length = list.getValue().size();
        if (length != 1 && length != size) {
          throw binding(
              list.getKey()
                  + " goes along with a list of "
                  + size
                  + " and has "
                  + length
                  + " values");
        }
        tuple.put(list.getKey(), list.getValue().get(length == 1 ? 0 : i));
      }
      tuples.add(tuple);
    }
    return tuples;
  }

  private Condition conditionOf(String attribute) {
    return Vocabulary.of(leaf.rule().protocol().get()).stream()
        .filter(c -> c.attributes().stream().anyMatch(a -> a.name().equals(attribute)))
        .findFirst()
        .orElseThrow();
  }

  private VirtException invalid(String reason) {
    return new VirtException(ErrorCode.INVALID_NWFILTER, leaf.origin() + ": " + reason);
  }

  private VirtException binding(String reason) {
    return new VirtException(ErrorCode.INVALID_NWFILTER_BINDING, leaf.origin() + ": " + reason);
  }
}
