package org.virt.host.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
import org.virt.api.host.SecretEvent;
import org.virt.api.host.SecretEvent.Kind;
import org.virt.test.contract.FolderState;

class KeptSecretsTest {
  private static final byte[] VALUE = "s3cret".getBytes(StandardCharsets.UTF_8);
  private static final String CEPH =
      """
      <secret ephemeral='no' private='%s'>
        <uuid>%s</uuid>
        <description>a key</description>
        <usage type='ceph'>
          <name>%s</name>
        </usage>
      </secret>
      """;

  @TempDir Path home;
  private final DomainListeners events = new DomainListeners("host");
  private KeptSecrets secrets;

  @BeforeEach
  void start() {
    secrets = kept();
  }

  private KeptSecrets kept() {
    return new KeptSecrets(new FolderState(home), events);
  }

  private static void fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
  }

  @AfterEach
  void end() {
    events.close();
  }

  @Test
  void tellsWhatHappensToSecrets() throws Exception {
    BlockingQueue<SecretEvent> heard = new LinkedBlockingQueue<>();
    events.subscribe(
        new DomainListener() {
          @Override
          public void event(DomainEvent event) {}

          @Override
          public void event(SecretEvent event) {
            heard.add(event);
          }
        });
    UUID uuid = UUID.randomUUID();
    secrets.defineSecret(CEPH.formatted("no", uuid, "client.admin"));
    secrets.setSecretValue(uuid, VALUE);
    fails(ErrorCode.NO_SECRET, () -> secrets.undefineSecret(UUID.randomUUID()));
    secrets.undefineSecret(uuid);
    for (SecretEvent.Kind kind : List.of(Kind.DEFINED, Kind.VALUE_CHANGED, Kind.UNDEFINED)) {
      assertEquals(
          new SecretEvent(uuid, Secret.Usage.CEPH, "client.admin", kind),
          heard.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void keepsSecretsOverARestart() throws VirtException {
    UUID uuid = UUID.randomUUID();
    String xml = CEPH.formatted("no", uuid, "client.admin");
    assertEquals(uuid, secrets.defineSecret(xml));
    assertEquals(xml, secrets.secretXml(uuid));
    fails(ErrorCode.NO_SECRET, () -> secrets.secretValue(uuid));
    secrets.setSecretValue(uuid, VALUE);
    KeptSecrets later = kept();
    assertEquals(xml, later.secretXml(uuid));
    assertArrayEquals(VALUE, later.secretValue(uuid));
    later.undefineSecret(uuid);
    assertEquals(List.of(), kept().secrets());
  }

  @Test
  void tellsNobodyAPrivateValue() throws VirtException {
    UUID uuid = UUID.randomUUID();
    secrets.defineSecret(CEPH.formatted("yes", uuid, "a"));
    secrets.setSecretValue(uuid, VALUE);
    fails(ErrorCode.INVALID_SECRET, () -> secrets.secretValue(uuid));
    fails(ErrorCode.OPERATION_DENIED, () -> secrets.defineSecret(CEPH.formatted("no", uuid, "a")));
  }

  @Test
  void givesMachinesValuesByUuidAndUse() throws VirtException {
    UUID uuid = UUID.randomUUID();
    secrets.defineSecret(CEPH.formatted("yes", uuid, "client.admin"));
    fails(ErrorCode.NO_SECRET, () -> secrets.value(uuid));
    secrets.setSecretValue(uuid, VALUE);
    assertArrayEquals(VALUE, secrets.value(uuid));
    assertArrayEquals(VALUE, secrets.value(Secret.Usage.CEPH, "client.admin"));
    fails(ErrorCode.NO_SECRET, () -> secrets.value(Secret.Usage.CEPH, "other"));
    fails(ErrorCode.NO_SECRET, () -> secrets.value(Secret.Usage.ISCSI, "client.admin"));
    fails(ErrorCode.NO_SECRET, () -> secrets.value(UUID.randomUUID()));
  }

  @Test
  void keepsEphemeralSecretsInMemory() throws Exception {
    UUID uuid = secrets.defineSecret("<secret ephemeral='yes'/>");
    secrets.setSecretValue(uuid, VALUE);
    assertArrayEquals(VALUE, secrets.secretValue(uuid));
    assertEquals(Secret.Keeping.EPHEMERAL, secrets.secrets().get(0).keeping());
    assertFalse(Files.exists(home.resolve("secrets/" + uuid + ".base64")));
    assertEquals(List.of(), kept().secrets());
  }

  @Test
  void givesOneUseOneSecret() throws VirtException {
    UUID uuid = UUID.randomUUID();
    secrets.defineSecret(CEPH.formatted("no", uuid, "a"));
    fails(
        ErrorCode.INTERNAL_ERROR,
        () -> secrets.defineSecret(CEPH.formatted("no", UUID.randomUUID(), "a")));
    fails(ErrorCode.INTERNAL_ERROR, () -> secrets.defineSecret(CEPH.formatted("no", uuid, "b")));
    secrets.defineSecret(CEPH.formatted("no", uuid, "a").replace("a key", "another"));
    assertTrue(secrets.secretXml(uuid).contains("another"));
  }

  @Test
  void refusesWhatIsNoSecret() {
    for (String xml :
        List.of(
            "<secrets/>",
            "<secret private='maybe'/>",
            "<secret><uuid>x</uuid></secret>",
            "<secret><usage type='moon'/></secret>",
            "<secret><usage type='volume'/></secret>")) {
      fails(ErrorCode.XML_ERROR, () -> secrets.defineSecret(xml));
    }
    fails(ErrorCode.NO_SECRET, () -> secrets.undefineSecret(UUID.randomUUID()));
  }

  @Test
  void readsTheOthersBesideABrokenOne() throws Exception {
    UUID uuid = secrets.defineSecret("<secret/>");
    Files.writeString(home.resolve("secrets/broken.xml"), "<secret");
    KeptSecrets later = kept();
    assertEquals(List.of(uuid), later.secrets().stream().map(Secret::uuid).toList());
  }
}
