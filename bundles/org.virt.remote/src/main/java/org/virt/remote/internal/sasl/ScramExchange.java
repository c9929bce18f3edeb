package org.virt.remote.internal.sasl;

import com.ongres.scram.common.ClientFirstMessage;
import com.ongres.scram.common.Gs2CbindFlag;
import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ServerFinalMessage;
import com.ongres.scram.common.ServerFirstMessage;
import com.ongres.scram.common.exception.ScramParseException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * One client's proof by SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding; for one thread
 * at a time. Whatever does not fit: {@code AUTH_FAILED}.
 */
public final class ScramExchange {
  /** The mechanism, as SASL names it. */
  public static final String MECHANISM = ScramSecret.MECHANISM.getName();

  private static final int NONCE_LENGTH = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ScramUsers users;
  private ClientFirstMessage first;
  private ServerFirstMessage challenge;
  private ScramSecret secret;

  /** Begins. */
  public ScramExchange(ScramUsers users) {
    this.users = users;
  }

  /** Takes the client's first message, and returns the challenge. */
  public byte[] challenge(byte[] message) throws VirtException {
    try {
      first = ClientFirstMessage.parseFrom(new String(message, StandardCharsets.UTF_8));
    } catch (ScramParseException | IllegalArgumentException e) {
      throw failed("the first message is malformed", e);
    }
    if (first.getGs2Header().getChannelBindingFlag() == Gs2CbindFlag.CHANNEL_BINDING_REQUIRED) {
      throw failed("the client demands channel binding", null);
    }
    String other = first.getGs2Header().getAuthzid();
    if (other != null && !other.isEmpty() && !other.equals(first.getUsername())) {
      throw failed("the client wants to be somebody else", null);
    }
    secret = users.find(first.getUsername());
    challenge =
        new ServerFirstMessage(
            first.getClientNonce(),
            ScramFunctions.nonce(NONCE_LENGTH, RANDOM),
            secret.salt(),
            secret.iterations());
    return challenge.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Takes the client's proof, and returns the server's. */
  public byte[] proof(byte[] message) throws VirtException {
    if (challenge == null) {
      throw failed("a proof before the challenge", null);
    }
    // c=HEADER,r=NONCE[,EXTENSION…],p=PROOF
    String[] parts = new String(message, StandardCharsets.UTF_8).split(",");
    if (parts.length < 3
        || !parts[0].startsWith("c=")
        || !parts[1].equals("r=" + challenge.getNonce())
        || !parts[parts.length - 1].startsWith("p=")) {
      throw failed("the proof is malformed", null);
    }
    // With the beginning as it was sent to us: a proof for another one does not fit.
    String text = ScramFunctions.authMessage(first, challenge, null);
    if (!ScramFunctions.verifyClientProof(
        ScramSecret.MECHANISM, decode(parts[parts.length - 1]), secret.storedKey(), text)) {
      throw failed("the password is wrong, or there is no such user", null);
    }
    byte[] signature =
        ScramFunctions.serverSignature(ScramSecret.MECHANISM, secret.serverKey(), text);
    challenge = null;
    return new ServerFinalMessage(signature).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the user; proven once {@link #proof} has returned. */
  public String user() {
    return first.getUsername();
  }

  private static byte[] decode(String attribute) throws VirtException {
    try {
      return Base64.getDecoder().decode(attribute.substring(2));
    } catch (IllegalArgumentException e) {
      throw failed("the proof is malformed", e);
    }
  }

  private static VirtException failed(String why, Exception cause) {
    return new VirtException(ErrorCode.AUTH_FAILED, why, cause);
  }
}
