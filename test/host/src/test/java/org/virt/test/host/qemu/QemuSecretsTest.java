package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.QemuVerbs.Language;
import org.virt.api.host.Secret;
import org.virt.common.process.Command;
import org.virt.spi.driver.SecretValues;

/** Machines with encrypted disks, whose secrets the host keeps. */
class QemuSecretsTest extends QemuFixture {
  private static final String WORD = "correct horse battery";
  private static final UUID KEY = UUID.randomUUID();

  /** A host that keeps one secret, by its UUID and for one volume. */
  private static final class Host implements SecretValues {
    String value = WORD;

    @Override
    public byte[] value(UUID uuid) throws VirtException {
      return value(uuid.equals(KEY), uuid.toString());
    }

    @Override
    public byte[] value(Secret.Usage usage, String usageId) throws VirtException {
      return value(usage == Secret.Usage.VOLUME && usageId.equals("of a"), usageId);
    }

    private byte[] value(boolean known, String name) throws VirtException {
      if (!known) {
        throw new VirtException(ErrorCode.NO_SECRET, "no secret " + name);
      }
      return value.getBytes(StandardCharsets.UTF_8);
    }
  }

  private final Host host = new Host();

  @BeforeEach
  void keepSecrets() {
    driver.setSecrets(host);
  }

  /** Makes an encrypted image whose first sector is full of a byte. */
  private Path encrypted(String name, String format, int content) throws Exception {
    Path file = home.resolve(name);
    Path word = Files.writeString(home.resolve("word"), WORD);
    String secret = "secret,id=key,file=" + word;
    boolean luks = format.equals("luks");
    String options = (luks ? "" : "encrypt.format=luks,encrypt.") + "key-secret=key,";
    options += (luks ? "" : "encrypt.") + "iter-time=10";
    String image = file.toString();
    String[] create = {
      "qemu-img", "create", "-q", "-f", format, "--object", secret, "-o", options, image, "4M"
    };
    // It measures how fast it is, which it cannot where CPU time is told in large steps.
    for (int left = 50; !created(left > 0, create); left--) {
      Files.deleteIfExists(file);
    }
    String opened = "driver=%s,file.filename=%s,".formatted(format, file);
    opened += luks ? "key-secret=key" : "encrypt.format=luks,encrypt.key-secret=key";
    String write = "write -P " + content + " 0 512";
    run("qemu-io", "--object", secret, "--image-opts", opened, "-c", write);
    Files.delete(word);
    return file;
  }

  private static boolean created(boolean again, String... create) throws VirtException {
    try {
      run(create);
      return true;
    } catch (VirtException e) {
      if (again && e.getMessage().contains("accurate CPU usage")) {
        return false;
      }
      throw e;
    }
  }

  private static void run(String... words) throws VirtException {
    // Making a key takes seconds of CPU time, of which a busy host has little.
    Command.of(words).withLimit(Duration.ofMinutes(5)).require();
  }

  private static String disk(Path file, String format, String target, String secret) {
    return """
        <disk type='file'>
          <driver name='qemu' type='%s'/>
          <source file='%s'>
            <encryption format='luks'><secret type='passphrase' %s/></encryption>
          </source>
          <target dev='%s' bus='virtio'/>
        </disk>
        """
        .formatted(format, file, secret, target);
  }

  private static String byUuid() {
    return "uuid='" + KEY + "'";
  }

  /** Has somebody read a disk as its guest sees it: QEMU serves the node that the guest has. */
  private void reads(int disk, int content) throws Exception {
    String line = Files.readString(Path.of("/proc", Long.toString(process().pid()), "cmdline"));
    String folder = first(line, "path=([^,\\x00]*)/monitor");
    String node =
        first(qmp("query-block", ""), "\"node-name\": *\"([^\"]*disk" + disk + "-format)\"");
    String socket = folder + "/nbd";
    qmp("nbd-server-start", "{'addr':{'type':'unix','data':{'path':'%s'}}}".formatted(socket));
    try {
      qmp("block-export-add", "{'type':'nbd','id':'e','node-name':'%s'}".formatted(node));
      String url = "nbd+unix:///" + node + "?socket=" + socket;
      run("qemu-io", "-r", "-f", "raw", url, "-c", "read -P " + content + " 0 512");
    } finally {
      qmp("nbd-server-stop", "");
    }
  }

  private String qmp(String command, String arguments) throws VirtException {
    String more = arguments.isEmpty() ? "" : ",\"arguments\":" + arguments.replace('\'', '"');
    String text = "{\"execute\":\"" + command + "\"" + more + "}";
    return verbs(QemuVerbs.class).monitorCommand(text, Language.QMP);
  }

  /** Says where the secret's value is to be found. */
  private List<Path> leaks() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.filter(Files::isRegularFile).filter(QemuSecretsTest::tells).toList();
    }
  }

  private static boolean tells(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(WORD);
    } catch (IOException e) {
      throw new AssertionError("read " + file, e);
    }
  }

  @Test
  void readDisksByTheirSecrets() throws Exception {
    Path raw = encrypted("raw", "luks", 0x5a);
    Path qcow = encrypted("qcow", "qcow2", 0x5b);
    define("a", disk(raw, "raw", "vda", byUuid()) + disk(qcow, "qcow2", "vdb", "usage='of a'"));
    connection.start(id);
    reads(0, 0x5a);
    reads(1, 0x5b);
    assertEquals(List.of(), leaks());
    String line = Files.readString(Path.of("/proc", Long.toString(process().pid()), "cmdline"));
    assertFalse(line.contains(WORD), line);
    restartDriver();
    reads(0, 0x5a);
  }

  @Test
  void doNotStartWithAnotherSecret() throws Exception {
    define("a", disk(encrypted("raw", "luks", 1), "raw", "vda", byUuid()));
    host.value = "something else";
    String told = fails(ErrorCode.OPERATION_FAILED, () -> connection.start(id));
    assertTrue(told.contains("Invalid password"), told);
    assertEquals(DomainState.SHUTOFF, connection.summary(id).status().state());
    assertFalse(hasProcess());
    assertEquals(List.of(), runFiles());
    host.value = WORD;
    connection.start(id);
    reads(0, 1);
  }

  @Test
  void doNotStartWithoutASecret() throws Exception {
    String other = "uuid='" + UUID.randomUUID() + "'";
    define("a", disk(image("raw", "raw"), "raw", "vda", other));
    String told = fails(ErrorCode.NO_SECRET, () -> connection.start(id));
    assertTrue(told.contains("/domain/devices/disk/source/encryption/secret"), told);
    driver.unsetSecrets(host);
    told = fails(ErrorCode.CONFIG_UNSUPPORTED, () -> connection.start(id));
    assertTrue(told.contains("no service keeps secrets"), told);
    assertEquals(List.of(), runFiles());
  }

  @Test
  void keepTheStateOfATpmEncrypted() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/swtpm")), "needs swtpm (apt-get install swtpm)");
    String backend = "<backend type='emulator'><encryption secret='" + KEY + "'/></backend>";
    define("a", "<tpm model='tpm-tis'>" + backend + "</tpm>");
    connection.start(id);
    assertEquals(List.of(), leaks());
    connection.destroy(id);
    host.value = "something else";
    String told = fails(ErrorCode.OPERATION_FAILED, () -> connection.start(id));
    assertTrue(told.contains("decryption error"), told);
    host.value = WORD;
    connection.start(id);
  }

  @Test
  void takeAnEncryptedDiskWhileTheyRun() throws Exception {
    define("a", "<controller type='scsi' index='0' model='virtio-scsi'/>");
    connection.start(id);
    String virtio = disk(encrypted("raw", "luks", 7), "raw", "vda", byUuid());
    // No guest has to let go of what is not on PCI.
    String disk = virtio.replace("vda", "sda").replace("'virtio'", "'scsi'");
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    host.value = "something else";
    fails(ErrorCode.OPERATION_FAILED, () -> devices.attachDevice(disk, Affects.LIVE));
    assertFalse(monitor("qom-list /objects").contains("secret"), monitor("qom-list /objects"));
    host.value = WORD;
    devices.attachDevice(disk, Affects.LIVE);
    reads(0, 7);
    assertEquals(List.of(), leaks());
    devices.detachDevice(disk, Affects.LIVE);
    assertFalse(monitor("qom-list /objects").contains("secret"), monitor("qom-list /objects"));
  }
}
