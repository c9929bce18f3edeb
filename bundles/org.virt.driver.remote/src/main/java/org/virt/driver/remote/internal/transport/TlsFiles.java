package org.virt.driver.remote.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The files of a TLS client, where libvirt has them.
 *
 * @param authority certificates of who may vouch for a server; absent: nobody need to
 * @param certificate our own
 * @param key its private key
 */
record TlsFiles(Optional<Path> authority, Path certificate, Path key) {
  private static final Path SYSTEM = Path.of("/etc/pki");

  /** Returns the files of a target: of its {@code pkipath}, or the host's. */
  static TlsFiles of(Target target) {
    Optional<Path> folder = target.option("pkipath").map(Path::of);
    Path ours = folder.orElse(SYSTEM.resolve("libvirt"));
    Path authority = folder.orElse(SYSTEM.resolve("CA")).resolve("cacert.pem");
    return new TlsFiles(
        target.isOn("no_verify") ? Optional.empty() : Optional.of(authority),
        ours.resolve("clientcert.pem"),
        (folder.isPresent() ? ours : ours.resolve("private")).resolve("clientkey.pem"));
  }

  /** A client without a certificate is up to the server to refuse, as with libvirt. */
  SSLContext context() throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        Files.exists(certificate) ? keys() : new KeyManager[0], trust(), new SecureRandom());
    return context;
  }

  private KeyManager[] keys() throws GeneralSecurityException, IOException {
    char[] password = new char[0];
    KeyStore store = empty();
    store.setKeyEntry(
        "client",
        PrivateKeyFile.read(key),
        password,
        read(certificate).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  private TrustManager[] trust() throws GeneralSecurityException, IOException {
    if (authority.isEmpty()) {
      return new TrustManager[] {new Unverified()};
    }
    KeyStore store = empty();
    int count = 0;
    for (Certificate one : read(authority.get())) {
      store.setCertificateEntry("ca" + count++, one);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> read(Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException("the certificate file " + file + " is not there", e);
    }
  }

  /** The user has said {@code no_verify=1}. */
  private static final class Unverified implements X509TrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }
}
