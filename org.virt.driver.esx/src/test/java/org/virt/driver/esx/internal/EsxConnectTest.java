package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.storage.StoragePools;
import org.virt.driver.esx.internal.soap.Trust;

/** How the driver connects to the simulator, as a host and as a vCenter. */
class EsxConnectTest extends SimulatorCase {
  @Test
  void checksTheCertificateUnlessToldNotTo() {
    String message = fails(ErrorCode.RPC, () -> driver.open(simulator.uri("esx", "/")).close());
    assertTrue(message.contains("certification path"), message);
  }

  @Test
  void believesTheAuthoritiesOfAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("ca.pem");
    try (SSLSocket socket =
        (SSLSocket)
            Trust.ofAnybody().getSocketFactory().createSocket("127.0.0.1", simulator.port)) {
      Certificate certificate = socket.getSession().getPeerCertificates()[0];
      Files.writeString(
          file,
          "-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    }
    driver.open(simulator.uri("esx", "/?cacert=" + file)).close();
    Path missing = folder.resolve("missing.pem");
    String message =
        fails(
            ErrorCode.OPEN_FAILED,
            () -> driver.open(simulator.uri("esx", "/?cacert=" + missing)).close());
    assertTrue(message.contains("missing.pem"), message);
  }

  @Test
  void refusesAWrongPasswordAndProduct() throws Exception {
    EsxDriver other = new EsxDriver(Map.of("password.127.0.0.1", "wrong"));
    fails(ErrorCode.AUTH_FAILED, () -> other.open(simulator.uri("esx", "/?no_verify=1")).close());
    other.deactivate();
    String message =
        fails(
            ErrorCode.OPEN_FAILED,
            () -> driver.open(simulator.uri("vpx", "/a/b?no_verify=1")).close());
    assertTrue(message.contains("(HostAgent), which vpx:// is not for"), message);
  }

  @Test
  void isPatientWithASlowHost() throws Exception {
    try (Simulator slow = Simulator.start("-mode", "esx", "-machines", "1", "-delay", "20")) {
      EsxConnection patient = (EsxConnection) driver.open(slow.uri("esx", "/?no_verify=1"));
      DomainId id = patient.domains().get(0).id();
      patient.destroy(id);
      patient.start(id);
      assertEquals(DomainState.RUNNING, patient.summary(id).status().state());
    }
  }

  @Test
  void findsHostsOfAVcenterInFolders() throws Exception {
    try (Simulator vcenter = Simulator.start("-mode", "vpx", "-machines", "1", "-folders", "1")) {
      URI nowhere = vcenter.uri("vpx", "/a/b?no_verify=1");
      String there = fails(ErrorCode.INVALID_ARG, () -> driver.open(nowhere).close());
      String cluster = "/F0/DC0/F0/DC0_C0/DC0_C0_H0";
      assertTrue(there.contains(cluster + " "), there);
      driver.open(vcenter.uri("vpx", cluster + "?no_verify=1")).close();
      EsxConnection alone =
          (EsxConnection) driver.open(vcenter.uri("vpx", "/F0/DC0/F0/DC0_H0?no_verify=1"));
      String xml = alone.xml(alone.domains().get(0).id(), XmlView.INACTIVE);
      assertTrue(xml.contains("<vmware:datacenterpath>F0/DC0</vmware:datacenterpath>"), xml);
      assertEquals(1, alone.facet(StoragePools.class).orElseThrow().storagePools().size());
    }
  }
}
