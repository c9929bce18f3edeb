package org.virt.nwfilter.internal.manager;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.virt.api.MacAddress;
import org.virt.api.nwfilter.FilterBinding;

/**
 * Whom a lease was given to. An interface does not outlive its machine's run, so its name says
 * nothing: a lease comes back to the same card of the same machine, on the same network and under
 * the same filter only.
 *
 * @param machine the machine's UUID
 * @param mac the card's address
 * @param terms digest of network, filter and parameters; {@link #UNKNOWN} for a network that has no
 *     name
 */
record LeaseHolder(UUID machine, MacAddress mac, String terms) {
  static final String UNKNOWN = "-";

  /** Of a port that has not been looked at yet. */
  static final LeaseHolder NOBODY = new LeaseHolder(new UUID(0, 0), new MacAddress(0), UNKNOWN);

  private static final int DIGEST_BYTES = 16;

  LeaseHolder {
    Objects.requireNonNull(machine, "machine");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(terms, "terms");
  }

  /**
   * Returns the one that a binding is for.
   *
   * @param network name of the bridge, or of the device below a macvtap; empty for an unknown one
   */
  static LeaseHolder of(FilterBinding binding, String network) {
    return new LeaseHolder(
        binding.owner().uuid(),
        binding.mac(),
        network.isEmpty() ? UNKNOWN : digest(binding, network));
  }

  private static String digest(FilterBinding binding, String network) {
    String text =
        network
            + '\n'
            + binding.filter().filter()
            + '\n'
            + new TreeMap<>(binding.filter().parameters());
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Says whether a later port can be known to be the same one. */
  boolean isKnown() {
    return !terms.equals(UNKNOWN) && !machine.equals(NOBODY.machine);
  }

  /** Says whether both are the same card of the same machine, wherever it is plugged in. */
  boolean isCardOf(LeaseHolder other) {
    return machine.equals(other.machine) && mac.equals(other.mac);
  }
}
