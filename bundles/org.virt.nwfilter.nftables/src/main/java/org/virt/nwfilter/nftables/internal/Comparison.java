package org.virt.nwfilter.nftables.internal;

import java.util.Locale;
import java.util.Optional;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.Member;
import org.virt.nwfilter.nftables.internal.RuleConditions.Never;
import org.virt.nwfilter.nftables.internal.RuleConditions.Refused;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;

/**
 * Makes conditions of what a rule compares a field with.
 *
 * @param port what tells the ports apart in the sets below
 * @param macs the set of the ports' MAC addresses
 * @param rawMacs the same for fields without a name
 * @param addresses4 the set of their IPv4 addresses
 * @param addresses6 the set of their IPv6 addresses
 */
record Comparison(Subject port, String macs, String rawMacs, String addresses4, String addresses6) {
  private static final byte[] WHOLE = {};
  private static final int MAC_LENGTH = 6;
  private static final int IPV4_LENGTH = 4;
  private static final int IPV6_LENGTH = 16;

  /** Returns one that finds ports by interface index. */
  static Comparison byIndex(boolean out) {
    return new Comparison(
        out ? Subjects.IN_INDEX : Subjects.OUT_INDEX,
        Layout.MACS,
        Layout.RAW_MACS,
        Layout.ADDRESSES4,
        Layout.ADDRESSES6);
  }

  /** Returns one for ports that are in no bridge. */
  static Comparison direct(boolean out) {
    return new Comparison(
        DirectLayout.port(out),
        DirectLayout.MACS,
        DirectLayout.RAW_MACS,
        DirectLayout.ADDRESSES4,
        DirectLayout.ADDRESSES6);
  }

  /**
   * Returns the condition; absent when it always holds.
   *
   * @throws Refused when the field and what it is compared with do not fit
   * @throws Never when it never holds
   */
  Optional<Condition> of(Match match, Subject subject) throws Refused, Never {
    boolean not = match.sense() == Match.Sense.IS_NOT;
    Operand operand = match.operand();
    int length = subject.length();
    if (operand instanceof Operand.Number number) {
      return Optional.of(number(subject, number, not));
    } else if (operand instanceof Operand.Mac mac && length == MAC_LENGTH) {
      return masked(subject, mac.value().bytes(), mac.mask().bytes(), not);
    } else if (operand instanceof Operand.Net net && length == net.address().getAddress().length) {
      return masked(subject, net.address().getAddress(), prefixMask(net.prefix(), length), not);
    } else if (operand instanceof Operand.NetRange range
        && length == range.from().getAddress().length
        && length == range.to().getAddress().length) {
      return Optional.of(
          new Compare(subject, WHOLE, not, range.from().getAddress(), range.to().getAddress()));
    } else if (operand instanceof Operand.Lookup lookup && !not && holds(subject, lookup)) {
      boolean ipv4 = lookup.family() == Operand.Family.IPV4;
      return Optional.of(new Member(port, subject, ipv4 ? addresses4 : addresses6, false));
    } else if (operand instanceof Operand.PortMac && length == MAC_LENGTH) {
      boolean named = subject.style() == Subject.Style.MAC;
      return Optional.of(new Member(port, subject, named ? macs : rawMacs, not));
    }
    throw new Refused(name(match.field()) + " cannot be compared with " + operand);
  }

  private static boolean holds(Subject subject, Operand.Lookup lookup) {
    return subject.style() == Subject.Style.ADDRESS
        && subject.length() == (lookup.family() == Operand.Family.IPV4 ? IPV4_LENGTH : IPV6_LENGTH);
  }

  private static Condition number(Subject subject, Operand.Number number, boolean not)
      throws Refused {
    if (number.to() > subject.largest()) {
      throw new Refused(number.to() + " is too large for " + subject.name());
    }
    return new Compare(
        subject, WHOLE, not, subject.bytes(number.from()), subject.bytes(number.to()));
  }

  private static Optional<Condition> masked(Subject subject, byte[] value, byte[] mask, boolean not)
      throws Never {
    boolean whole = true;
    boolean nothing = true;
    byte[] kept = new byte[value.length];
    for (int i = 0; i < value.length; i++) {
      whole &= mask[i] == (byte) 0xff;
      nothing &= mask[i] == 0;
      kept[i] = (byte) (value[i] & mask[i]);
    }
    if (nothing && not) {
      throw new Never();
    }
    return nothing
        ? Optional.empty()
        : Optional.of(Compare.masked(subject, whole ? WHOLE : mask, kept).negatedIf(not));
  }

  private static byte[] prefixMask(int prefix, int length) {
    byte[] mask = new byte[length];
    for (int i = 0; i < prefix; i++) {
      mask[i / Byte.SIZE] |= (byte) (0x80 >>> i % Byte.SIZE);
    }
    return mask;
  }

  /** Returns a field's name as messages have it. */
  static String name(Field field) {
    return field.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
