package org.virt.nwfilter.nftables.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.PortRef;

/**
 * Names of a program's chains and what its first chain says about it, so that another runtime can
 * read it back.
 *
 * @param port the port
 * @param generation number of the commit
 * @param digest the program's digest
 */
record Label(PortRef port, long generation, String digest) {
  private static final Pattern CHAIN = Pattern.compile("p(\\d{1,10})g(\\d{1,19})-(out|in)-.*");
  private static final Pattern COMMENT =
      Pattern.compile("(\\S+) mac ([0-9a-f:]{17}) digest ([0-9a-f]+)");

  private static final Pattern ESCAPE = Pattern.compile("%([0-9a-f]{2})");

  /** Returns what the names of all its chains begin with. */
  String prefix() {
    return "p" + port.index() + "g" + generation;
  }

  /** Returns what its first chains say. */
  String comment() {
    return encoded(port.id().name()) + " mac " + port.mac() + " digest " + digest;
  }

  /**
   * Returns the interface index that a chain's name has in it; absent for a chain that is none of a
   * port's.
   */
  static Optional<Integer> index(String chain) {
    Matcher name = CHAIN.matcher(chain);
    try {
      return name.matches() ? Optional.of(Integer.parseInt(name.group(1))) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Reads a first chain back; absent when it says something else. */
  static Optional<Label> read(String chain, String comment) {
    Matcher name = CHAIN.matcher(chain);
    Matcher text = COMMENT.matcher(comment);
    if (!name.matches() || !text.matches()) {
      return Optional.empty();
    }
    try {
      PortId id = new PortId(decoded(text.group(1)));
      PortRef port =
          new PortRef(id, Integer.parseInt(name.group(1)), MacAddress.parse(text.group(2)));
      return Optional.of(new Label(port, Long.parseLong(name.group(2)), text.group(3)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Names may have quotes and the like in them, which nft could not print and read again. */
  private static String encoded(String name) {
    StringBuilder text = new StringBuilder();
    for (char c : name.toCharArray()) {
      boolean plain = Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0;
      text.append(plain ? String.valueOf(c) : String.format("%%%02x", (int) c));
    }
    return text.toString();
  }

  private static String decoded(String text) {
    return ESCAPE.matcher(text).replaceAll(e -> Matcher.quoteReplacement(character(e.group(1))));
  }

  private static String character(String hex) {
    return String.valueOf((char) Integer.parseInt(hex, 16));
  }
}
