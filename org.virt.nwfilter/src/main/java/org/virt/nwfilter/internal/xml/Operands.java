package org.virt.nwfilter.internal.xml;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.nwfilter.internal.xml.Vocabulary.AttributeSpec;
import org.virt.nwfilter.internal.xml.Vocabulary.Condition;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Step.State;

/** From the texts of a condition's attributes to what a match compares with. */
public final class Operands {
  private Operands() {}

  /**
   * Makes the operand of a condition; empty for one that says nothing.
   *
   * @param values canonical texts by attribute
   * @throws IllegalArgumentException when a range ends before it starts
   */
  public static Optional<Operand> of(Condition condition, Map<String, String> values) {
    AttributeSpec spec = condition.attributes().get(0);
    String first = values.get(spec.name());
    if (first == null) {
      return Optional.empty();
    }
    Optional<AttributeSpec> secondSpec = condition.attributes().stream().skip(1).findFirst();
    Optional<String> second = secondSpec.map(s -> values.get(s.name()));
    return switch (condition.shape()) {
      case MAC ->
          Optional.of(
              new Operand.Mac(
                  AddressType.MAC.mac(first),
                  second.map(AddressType.MAC_MASK::mac).orElse(Operand.Mac.WHOLE)));
      case NET -> Optional.of(net((AddressType) spec.type(), first, secondSpec, second));
      case NET_RANGE -> Optional.of(range((AddressType) spec.type(), first, second.orElse(first)));
      case NUMBER -> {
        NumberType type = (NumberType) spec.type();
        long from = type.parse(first);
        yield Optional.of(new Operand.Number(from, second.map(type::parse).orElse(from)));
      }
      case FLAG -> WordType.isTrue(first) ? Optional.of(new Operand.Flag()) : Optional.empty();
      case TCP_FLAGS -> Optional.of(WordType.tcpFlags(first));
      case IP_SET -> Optional.of(new Operand.IpSet(first, WordType.sources(second.get())));
      case STATES, COMMENT -> Optional.empty();
    };
  }

  /** Returns the states that a condition of that shape lists. */
  public static Set<State> states(String text) {
    return WordType.states(text);
  }

  private static Operand net(
      AddressType type, String address, Optional<AttributeSpec> maskSpec, Optional<String> mask) {
    int prefix = mask.map(m -> ((AddressType) maskSpec.get().type()).prefix(m)).orElse(type.bits());
    byte[] bytes = type.ip(address).getAddress();
    for (int bit = prefix; bit < type.bits(); bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return new Operand.Net(IpText.of(bytes), prefix);
  }

  private static Operand range(AddressType type, String first, String last) {
    InetAddress from = type.ip(first);
    InetAddress to = type.ip(last);
    if (Arrays.compareUnsigned(from.getAddress(), to.getAddress()) > 0) {
      throw new IllegalArgumentException("not a range: " + first + " to " + last);
    }
    return new Operand.NetRange(from, to);
  }
}
