package org.virt.driver.remote.internal.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key as certtool and openssl write it: PEM, PKCS #8 or RSA's own form. */
final class PrivateKeyFile {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ((?:RSA )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  /** Version 0 and the algorithm rsaEncryption without parameters (RFC 5208, RFC 8017). */
  private static final byte[] RSA_PREFIX = {
    2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
  };

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 4;
  private static final int SHORT = 0x80;
  private static final int TWO_BYTES = 0x82;

  private PrivateKeyFile() {}

  static PrivateKey read(Path file) throws GeneralSecurityException, IOException {
    Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new IOException(file + " holds no private key in PEM form without a password");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
    if (pem.group(1).startsWith("RSA")) {
      der = element(SEQUENCE, RSA_PREFIX, element(OCTETS, der));
    }
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // It is a key of another algorithm: each is tried.
      }
    }
    throw new IOException(file + " holds a private key of an unknown algorithm");
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length >= SHORT) {
      out.write(TWO_BYTES);
      out.write(length >> Byte.SIZE);
    }
    out.write(length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
