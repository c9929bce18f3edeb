package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.common.process.Command;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.spi.driver.Facets;

/** Who gets to see the screen of a machine. */
class QemuScreensTest extends QemuFixture {
  private static final String WORD = "word";

  /** Starts a machine with a screen by VNC, and returns its port. */
  private int start(String attributes) throws Exception {
    connection.define(
        """
        <domain type='qemu'>
          <name>seen</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>32</memory>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <devices><graphics type='vnc' port='-1' %s/></devices>
        </domain>
        """
            .formatted(uuid, attributes));
    connection.start(id);
    return port();
  }

  private int port() throws VirtException {
    String live = connection.xml(id, XmlView.LIVE);
    Matcher port = Pattern.compile("<graphics type='vnc' port='([0-9]+)'").matcher(live);
    assertTrue(port.find(), live);
    return Integer.parseInt(port.group(1));
  }

  private static String hours(int number) {
    return LocalDateTime.now(ZoneOffset.UTC)
        .plusHours(number)
        .truncatedTo(ChronoUnit.SECONDS)
        .plusSeconds(1)
        .toString();
  }

  private void update(String graphics) throws VirtException {
    ((Facets) connection)
        .facet(DeviceVerbs.class, id)
        .orElseThrow()
        .updateDevice("<graphics type='vnc' " + graphics + "/>", Affects.LIVE, Force.NO);
  }

  private static boolean opens(int port, String password) throws Exception {
    try (Vnc client = new Vnc(port)) {
      assertEquals(Set.of(Vnc.PASSWORD), client.offered());
      return client.login(password);
    }
  }

  @Test
  void opensToItsPasswordUntilThatEnds() throws Exception {
    int port = start("passwd='" + WORD + "' passwdValidTo='" + hours(2) + "'");
    assertTrue(opens(port, WORD));
    assertFalse(opens(port, "other"));
    update("passwd='" + WORD + "' passwdValidTo='" + hours(-2) + "'");
    assertFalse(opens(port, WORD));
    update("passwd='next'");
    assertFalse(opens(port, WORD));
    assertTrue(opens(port, "next"));
    assertFalse(connection.xml(id, XmlView.LIVE).contains("next"));
  }

  @Test
  void isClosedFromTheStartToAPasswordThatHasEnded() throws Exception {
    assertFalse(opens(start("passwd='" + WORD + "' passwdValidTo='" + hours(-2) + "'"), WORD));
  }

  @Test
  void keepsWhereItIsServedWhileItsMachineRuns() throws Exception {
    int port = start("passwd='" + WORD + "'");
    VirtException moved =
        assertThrows(VirtException.class, () -> update("port='" + (port + 1) + "' passwd='next'"));
    assertEquals(ErrorCode.OPERATION_UNSUPPORTED, moved.code());
    assertTrue(moved.getMessage().contains("port"), moved.getMessage());
    assertTrue(opens(port, WORD));
  }

  @Test
  void isServedOverTlsOnlyWhereThatIsConfigured() throws Exception {
    Path folder = certificates();
    tls = new ScreenTls(Optional.of(folder.toString()), false, ScreenTls.USUAL.spice());
    restartDriver();
    int port = start("passwd='" + WORD + "'");
    try (Vnc client = new Vnc(port)) {
      assertEquals(Set.of(Vnc.TLS), client.offered());
      assertTrue(client.login(trusting(folder.resolve("ca-cert.pem")), WORD));
    }
    try (Vnc client = new Vnc(port)) {
      assertFalse(client.login(trusting(folder.resolve("ca-cert.pem")), "other"));
    }
  }

  @Test
  void doesNotStartWithoutTheCertificatesOfItsScreen() throws Exception {
    tls = new ScreenTls(Optional.of(home + "/none"), false, ScreenTls.USUAL.spice());
    restartDriver();
    VirtException e = assertThrows(VirtException.class, () -> start(""));
    assertTrue(e.getMessage().contains(home + "/none"), e.getMessage());
  }

  /** Makes an authority and what it has signed for a server. */
  private Path certificates() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl (apt-get install openssl)");
    Path folder = Files.createDirectory(home.resolve("certificates"));
    openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=it -keyout F/ca-key.pem"
            + " -out F/ca-cert.pem",
        folder);
    openssl(
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout F/server-key.pem"
            + " -out F/server.csr",
        folder);
    openssl(
        "x509 -req -days 2 -in F/server.csr -CA F/ca-cert.pem -CAkey F/ca-key.pem"
            + " -CAcreateserial -out F/server-cert.pem",
        folder);
    return folder;
  }

  private static void openssl(String words, Path folder) throws VirtException {
    Command.of(("openssl " + words.replace("F/", folder + "/")).split(" ")).require();
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
    known.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      known.setCertificateEntry(
          "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
