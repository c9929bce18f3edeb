package org.virt.nwfilter.ebtables.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.nwfilter.RuleCount.Direction;
import org.virt.spi.nwfilter.PortRef;

/**
 * Names of a program's chains, and what the kernel keeps about it so that another runtime can read
 * it back. Names are short: iptables takes 28 characters.
 *
 * @param port the port
 * @param generation number of the commit
 * @param digest the program's digest
 * @param silent whether there is no rule for what the guest sends
 * @param ipv4 whether it has chains of iptables
 * @param ipv6 whether it has chains of ip6tables
 */
record Label(
    PortRef port, long generation, String digest, boolean silent, boolean ipv4, boolean ipv6) {
  /** What the names of chains end with for frames that the guest sends. */
  static final String OUT = "out";

  /** The same towards the guest. */
  static final String IN = "in";

  /** What the names of our other chains begin with. */
  static final String COMMON = "org-virt-";

  private static final int RADIX = 36;
  private static final Pattern CHAIN =
      Pattern.compile("[VW](([0-9a-z]{1,6})-([0-9a-z]{1,13}))(-.*)?");
  private static final Pattern COMMENT =
      Pattern.compile("(\\S+) mac ([0-9a-f:]{17}) digest ([0-9a-f]+)( silent)?( ipv4)?( ipv6)?");
  private static final Pattern ESCAPE = Pattern.compile("%([0-9a-f]{2,4});");

  /** Returns what the names of all its chains begin with. */
  String base() {
    return "V" + Integer.toString(port.index(), RADIX) + "-" + Long.toString(generation, RADIX);
  }

  /**
   * Returns what the names of chains begin with that are entered by others only. The tools keep
   * chains sorted by name and search them from the start: the longest ones come first.
   */
  String inner() {
    return "W" + base().substring(1);
  }

  /** Returns the name of the chain that is entered first. */
  String first(String direction) {
    return base() + "-" + direction;
  }

  /** Says whether it has chains of a tool. */
  boolean has(Family family) {
    return switch (family) {
      case BRIDGE -> true;
      case IPV4 -> ipv4;
      case IPV6 -> ipv6;
    };
  }

  /** Returns what the kernel keeps. */
  String comment() {
    return encoded(port.id().name())
        + " mac "
        + port.mac()
        + " digest "
        + digest
        + (silent ? " silent" : "")
        + (ipv4 ? " ipv4" : "")
        + (ipv6 ? " ipv6" : "");
  }

  /** Returns what the name of a port's chain begins with; absent for any other chain. */
  static Optional<String> baseOf(String chain) {
    Matcher name = CHAIN.matcher(chain);
    return name.matches() ? Optional.of("V" + name.group(1)) : Optional.empty();
  }

  /** Says which way frames go that meet a chain of a program. */
  static Direction direction(String chain) {
    String last = chain.substring(chain.lastIndexOf('-') + 1);
    return last.startsWith("o") ? Direction.OUT : Direction.IN;
  }

  /** Reads back what the kernel keeps; absent when it says something else. */
  static Optional<Label> read(String base, String comment) {
    Matcher name = CHAIN.matcher(base);
    Matcher text = COMMENT.matcher(comment);
    if (!name.matches() || !text.matches()) {
      return Optional.empty();
    }
    try {
      PortRef port =
          new PortRef(
              new PortId(decoded(text.group(1))),
              Integer.parseInt(name.group(2), RADIX),
              MacAddress.parse(text.group(2)));
      long generation = Long.parseLong(name.group(3), RADIX);
      return Optional.of(
          new Label(
              port,
              generation,
              text.group(3),
              text.group(4) != null,
              text.group(5) != null,
              text.group(6) != null));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String encoded(String name) {
    StringBuilder text = new StringBuilder();
    for (char c : name.toCharArray()) {
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0);
      text.append(plain ? String.valueOf(c) : String.format("%%%02x;", (int) c));
    }
    return text.toString();
  }

  private static String decoded(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            e -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(e.group(1), 16))));
  }
}
