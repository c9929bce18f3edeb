package org.virt.driver.remote.internal.sasl;

import com.ongres.scram.common.ClientFinalMessage;
import com.ongres.scram.common.ClientFirstMessage;
import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.ServerFinalMessage;
import com.ongres.scram.common.ServerFirstMessage;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramParseException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Login;

/**
 * A user's proof by SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding, and the server's:
 * both know the password, neither tells it. Whatever does not fit: {@code AUTH_FAILED}.
 */
public final class ScramProof {
  private static final ScramMechanism SHA_256 = ScramMechanism.SCRAM_SHA_256;

  /** The mechanism, as SASL names it. */
  public static final String MECHANISM = SHA_256.getName();

  private static final int NONCE_LENGTH = 24;

  /** RFC 7677 asks for as many at least: with fewer a server that is none could guess sooner. */
  private static final int LEAST_ITERATIONS = 4096;

  /** More would keep a processor busy for half a minute. */
  private static final int MOST_ITERATIONS = 10_000_000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Login login;
  private final ClientFirstMessage first;
  private byte[] serverKey;
  private String text;

  /** Begins. */
  public ScramProof(Login login) throws VirtException {
    this.login = login;
    try {
      first = new ClientFirstMessage(login.user(), ScramFunctions.nonce(NONCE_LENGTH, RANDOM));
    } catch (IllegalArgumentException e) {
      throw failed("'" + login.user() + "' can be no user's name", e);
    }
  }

  /** Returns the first message. */
  public byte[] first() {
    return bytes(first.toString());
  }

  /** Takes the challenge, and returns the proof. */
  public byte[] proof(byte[] message) throws VirtException {
    try {
      ServerFirstMessage challenge =
          ServerFirstMessage.parseFrom(text(message), first.getClientNonce());
      int iterations = challenge.getIterationCount();
      if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
        throw failed("the other end asks for " + iterations + " iterations", null);
      }
      byte[] salted =
          ScramFunctions.saltedPassword(
              SHA_256,
              StringPreparation.SASL_PREPARATION,
              login.password().value(),
              Base64.getDecoder().decode(challenge.getSalt()),
              iterations);
      byte[] clientKey = ScramFunctions.clientKey(SHA_256, salted);
      serverKey = ScramFunctions.serverKey(SHA_256, salted);
      text = ScramFunctions.authMessage(first, challenge, null);
      byte[] signature =
          ScramFunctions.clientSignature(
              SHA_256, ScramFunctions.storedKey(SHA_256, clientKey), text);
      return bytes(
          new ClientFinalMessage(
                  first.getGs2Header(),
                  null,
                  challenge.getNonce(),
                  ScramFunctions.clientProof(clientKey, signature))
              .toString());
    } catch (ScramParseException | IllegalArgumentException e) {
      throw failed("the challenge is malformed", e);
    }
  }

  /** Takes the other end's proof, that it knows the password, too. */
  public void verify(byte[] message) throws VirtException {
    try {
      ServerFinalMessage last = ServerFinalMessage.parseFrom(text(message));
      if (last.isError()) {
        throw failed("the other end says " + last.getServerError(), null);
      }
      if (!ScramFunctions.verifyServerSignature(SHA_256, serverKey, text, last.getVerifier())) {
        throw failed("the other end does not know the password", null);
      }
    } catch (ScramParseException | IllegalArgumentException e) {
      throw failed("the other end's proof is malformed", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private VirtException failed(String why, Exception cause) {
    return new VirtException(
        ErrorCode.AUTH_FAILED, "log in as %s: %s".formatted(login.user(), why), cause);
  }
}
