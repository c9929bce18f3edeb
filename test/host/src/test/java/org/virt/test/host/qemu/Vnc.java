package org.virt.test.host.qemu;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The first words of a VNC client: RFC 6143, and the TLS of "VeNCrypt". */
final class Vnc implements AutoCloseable {
  static final int NONE = 1;
  static final int PASSWORD = 2;
  static final int TLS = 19;
  private static final int X509_PASSWORD = 261;
  private static final int VERSION_BYTES = 12;
  private static final int LIMIT_MS = 30_000;

  private Socket socket;
  private DataInputStream in;
  private OutputStream out;
  private final Set<Integer> offered = new TreeSet<>();

  Vnc(int port) throws IOException {
    use(new Socket(InetAddress.getLoopbackAddress(), port));
    byte[] version = in.readNBytes(VERSION_BYTES);
    out.write(version);
    for (int left = in.readUnsignedByte(); left > 0; left--) {
      offered.add(in.readUnsignedByte());
    }
  }

  private void use(Socket next) throws IOException {
    next.setSoTimeout(LIMIT_MS);
    socket = next;
    in = new DataInputStream(next.getInputStream());
    out = next.getOutputStream();
  }

  /** Returns the ways in that the server knows. */
  Set<Integer> offered() {
    return offered;
  }

  /** Says whether a password is the right one. */
  boolean login(String password) throws IOException, GeneralSecurityException {
    out.write(PASSWORD);
    return answer(password);
  }

  private boolean answer(String password) throws IOException, GeneralSecurityException {
    byte[] challenge = in.readNBytes(16);
    // DES whose bits are the other way round in each byte of the key.
    byte[] key = Arrays.copyOf(password.getBytes(StandardCharsets.US_ASCII), 8);
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (Integer.reverse(key[i]) >>> 24);
    }
    Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
    des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
    out.write(des.doFinal(challenge));
    return in.readInt() == 0;
  }

  /** Says whether a password is the right one, over TLS. */
  boolean login(SSLContext context, String password) throws IOException, GeneralSecurityException {
    out.write(TLS);
    out.write(in.readNBytes(2));
    if (in.readUnsignedByte() != 0) {
      throw new IOException("the version is not supported");
    }
    boolean known = false;
    for (int left = in.readUnsignedByte(); left > 0; left--) {
      known |= in.readInt() == X509_PASSWORD;
    }
    if (!known) {
      throw new IOException("no certificates with a password");
    }
    out.write(new byte[] {0, 0, (byte) (X509_PASSWORD >> 8), (byte) X509_PASSWORD});
    if (in.readUnsignedByte() != 1) {
      throw new IOException("refused");
    }
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", -1, true);
    tls.startHandshake();
    use(tls);
    return answer(password);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
