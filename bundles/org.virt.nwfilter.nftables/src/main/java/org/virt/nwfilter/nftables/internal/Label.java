package org.virt.nwfilter.nftables.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.PortRef;

/**
 * What is said of a port beside the element that leads to its chains, so that another runtime can
 * read it back.
 *
 * @param port the port
 * @param generation number of the commit
 * @param digest the program's digest
 */
record Label(PortRef port, long generation, String digest) {
  private static final Pattern TEXT =
      Pattern.compile("(\\S+) mac ([0-9a-f:]{17}) generation (\\d{1,19}) program ([0-9a-f]+)");
  private static final Pattern ESCAPE = Pattern.compile("%([0-9a-f]{2})");

  /** Says whether another one says the same of the same port, but for the commit. */
  boolean isOfSame(Label other) {
    return digest.equals(other.digest) && port.equals(other.port);
  }

  /** Returns it as the kernel keeps it. */
  String text() {
    return encoded(port.id().name())
        + " mac "
        + port.mac()
        + " generation "
        + generation
        + " program "
        + digest;
  }

  /**
   * Reads a text back; absent when it says something else.
   *
   * @param index the interface index of the element
   */
  static Optional<Label> read(int index, String text) {
    Matcher label = TEXT.matcher(text);
    if (!label.matches()) {
      return Optional.empty();
    }
    try {
      PortId id = new PortId(decoded(label.group(1)));
      PortRef port = new PortRef(id, index, MacAddress.parse(label.group(2)));
      return Optional.of(new Label(port, Long.parseLong(label.group(3)), label.group(4)));
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
