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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
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
  private KeptSecrets secrets;

  @BeforeEach
  void start() {
    secrets = new KeptSecrets(new FolderState(home));
  }

  private static void fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
  }

  @Test
  void keepsSecretsOverARestart() throws VirtException {
    UUID uuid = UUID.randomUUID();
    String xml = CEPH.formatted("no", uuid, "client.admin");
    assertEquals(uuid, secrets.defineSecret(xml));
    assertEquals(xml, secrets.secretXml(uuid));
    fails(ErrorCode.NO_SECRET, () -> secrets.secretValue(uuid));
    secrets.setSecretValue(uuid, VALUE);
    KeptSecrets later = new KeptSecrets(new FolderState(home));
    assertEquals(xml, later.secretXml(uuid));
    assertArrayEquals(VALUE, later.secretValue(uuid));
    later.undefineSecret(uuid);
    assertEquals(List.of(), new KeptSecrets(new FolderState(home)).secrets());
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
    assertEquals(List.of(), new KeptSecrets(new FolderState(home)).secrets());
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
    KeptSecrets later = new KeptSecrets(new FolderState(home));
    assertEquals(List.of(uuid), later.secrets().stream().map(Secret::uuid).toList());
  }
}
