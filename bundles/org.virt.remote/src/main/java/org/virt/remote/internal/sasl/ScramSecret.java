package org.virt.remote.internal.sasl;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

/**
 * What a server keeps of a password (RFC 5802): enough to check it, too little to log in elsewhere.
 *
 * @param salt made for this password alone, base64
 * @param iterations how often it is hashed
 * @param storedKey what proves the client
 * @param serverKey what proves the server
 */
record ScramSecret(String salt, int iterations, byte[] storedKey, byte[] serverKey) {
  static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;

  /** That of RFC 7677 is the least. */
  static final int ITERATIONS = 15_000;

  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String FORM = "%s$%d:%s$%s:%s";

  ScramSecret {
    Objects.requireNonNull(salt, "salt");
  }

  /** Makes one of a password. */
  static ScramSecret of(char[] password) {
    byte[] salt = ScramFunctions.salt(SALT_BYTES, RANDOM);
    byte[] salted =
        ScramFunctions.saltedPassword(
            MECHANISM, StringPreparation.SASL_PREPARATION, password, salt, ITERATIONS);
    byte[] client = ScramFunctions.clientKey(MECHANISM, salted);
    return new ScramSecret(
        base64(salt),
        ITERATIONS,
        ScramFunctions.storedKey(MECHANISM, client),
        ScramFunctions.serverKey(MECHANISM, salted));
  }

  /**
   * Returns one that no password fits, always the same for a name: a client does not learn who
   * there is.
   */
  static ScramSecret ofNobody(byte[] key, String name) {
    byte[] made = ScramFunctions.hmac(MECHANISM, key, name.getBytes(StandardCharsets.UTF_8));
    byte[] random = new byte[made.length];
    RANDOM.nextBytes(random);
    return new ScramSecret(base64(Arrays.copyOf(made, SALT_BYTES)), ITERATIONS, random, random);
  }

  /**
   * Parses the form of RFC 5803.
   *
   * @throws IllegalArgumentException when it is not of this form
   */
  static ScramSecret parse(String text) {
    String[] parts = text.split("[$:]");
    if (parts.length != 5 || !parts[0].equals(MECHANISM.getName())) {
      throw new IllegalArgumentException("not of the form " + MECHANISM.getName() + "$…");
    }
    Base64.Decoder decoder = Base64.getDecoder();
    decoder.decode(parts[2]);
    return new ScramSecret(
        parts[2], Integer.parseInt(parts[1]), decoder.decode(parts[3]), decoder.decode(parts[4]));
  }

  /** Returns the form of RFC 5803. */
  String text() {
    return FORM.formatted(
        MECHANISM.getName(), iterations, salt, base64(storedKey), base64(serverKey));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
