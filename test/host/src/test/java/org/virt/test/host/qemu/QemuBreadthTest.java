package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainState;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.common.process.Command;
import org.virt.spi.driver.Facets;
import org.virt.test.host.lab.Lab;

/** Machines beyond the usual: firmware, TPM, SPICE, sound, memory devices, NUMA. */
class QemuBreadthTest extends QemuFixture {
  private static final int GET_CAPABILITY = 0x17a;
  private static final int PCRS = 5;
  private static final int SHA256 = 0x0b;
  private static final int SHA512 = 0x0d;
  private static final Path OVMF = Path.of("/usr/share/qemu/firmware");

  private void starts(String machine, String more, String devices) throws Exception {
    connection.define(
        """
        <domain type='qemu'>
          <name>broad</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>64</memory>
          %s
          <devices>%s</devices>
        </domain>
        """
            .formatted(uuid, more.replace("MACHINE", machine), devices.replace("HOME", "" + home)));
    connection.start(id);
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
  }

  private static String os(String machine) {
    return "<os><type arch='x86_64' machine='"
        + machine
        + "'>hvm</type></os>"
        + "<features><acpi/></features>";
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc", "q35"})
  void startsDevicesOfAllKinds(String machine) throws Exception {
    Files.write(home.resolve("floppy"), new byte[1440 * 1024]);
    Files.write(home.resolve("stick"), new byte[1 << 20]);
    starts(
        machine,
        os(machine),
        """
        <disk type='file' device='floppy'><source file='HOME/floppy'/><target dev='fda'/></disk>
        <disk type='file'><source file='HOME/stick'/><target dev='sda' bus='usb'/></disk>
        <filesystem><source dir='HOME'/><target dir='share'/></filesystem>
        <interface type='server'><source address='127.0.0.1' port='0'/></interface>
        <sound model='ich9'/><sound model='ac97'/><sound model='usb'/>
        <watchdog model='i6300esb' action='pause'/>
        <hub type='usb'/>
        <input type='tablet' bus='usb'/><input type='keyboard' bus='virtio'/>
        <panic model='isa'/>
        <graphics type='vnc' port='-1'/>
        <video><model type='qxl' vram='16384' heads='1'/></video>
        <video><model type='virtio'/></video>
        <rng model='virtio'>
          <rate bytes='1024'/><backend model='random'>/dev/urandom</backend>
        </rng>
        <parallel type='null'/>
        <channel type='qemu-vdagent'>
          <source><clipboard copypaste='yes'/></source><target type='virtio'/>
        </channel>
        <memballoon model='virtio' freePageReporting='on'/>
        <crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/></crypto>
        """);
  }

  @Test
  void givesMemoryToNodesAndSlots() throws Exception {
    starts(
        "pc",
        """
        <maxMemory slots='4' unit='MiB'>512</maxMemory>
        <vcpu>2</vcpu>
        <iothreads>1</iothreads>
        """
            + os("pc")
            + """
        <cpu>
          <topology sockets='2' cores='1' threads='1'/>
          <numa>
            <cell id='0' cpus='0' memory='32' unit='MiB'/>
            <cell id='1' cpus='1' memory='32' unit='MiB'/>
          </numa>
        </cpu>
        """,
        """
        <memory model='dimm'><target><size unit='MiB'>128</size><node>1</node></target></memory>
        """);
  }

  @Test
  void asksTheGuestForMoreOfAVirtioMemoryDevice() throws Exception {
    String device =
        """
        <memory model='virtio-mem'>
          <alias name='ua-more'/>
          <target>
            <size unit='MiB'>128</size><node>0</node>
            <block unit='MiB'>2</block><requested unit='MiB'>REQUESTED</requested>
          </target>
        </memory>
        """;
    starts(
        "pc",
        """
        <maxMemory slots='4' unit='MiB'>512</maxMemory>
        <vcpu>1</vcpu>
        """
            + os("pc")
            + "<cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>",
        device.replace("REQUESTED", "32"));
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    devices.updateDevice(device.replace("REQUESTED", "64"), Affects.LIVE, Force.NO);
    assertTrue(monitor("info memory-devices").contains("requested-size: " + (64 << 20)));
    assertTrue(live().contains("<requested unit='KiB'>65536</requested>"), live());
    assertThrows(
        VirtException.class,
        () -> devices.updateDevice(device.replace("REQUESTED", "256"), Affects.LIVE, Force.NO));
    assertThrows(
        VirtException.class,
        () ->
            devices.updateDevice(
                device.replace("REQUESTED", "64").replace("128", "256"), Affects.LIVE, Force.NO));
    assertTrue(live().contains("<requested unit='KiB'>65536</requested>"), live());
  }

  @Test
  void startsMicrovm() throws Exception {
    starts("microvm", os("microvm"), "<rng model='virtio'><backend model='builtin'/></rng>");
  }

  @Test
  void startsUefiWithVariablesOfItsOwn() throws Exception {
    assumeTrue(Files.isDirectory(OVMF), "needs UEFI (apt-get install ovmf)");
    starts(
        "q35",
        """
        <os firmware='efi'>
          <type arch='x86_64' machine='q35'>hvm</type>
          <firmware><feature enabled='no' name='enrolled-keys'/></firmware>
        </os>
        <features><acpi/></features>
        """,
        "");
    String live = connection.xml(id, XmlView.LIVE);
    assertTrue(live.contains("OVMF_CODE"), live);
    Path variables = home.resolve("qemu/nvram/" + uuid + "_VARS.fd");
    assertTrue(Files.exists(variables));
    assertTrue(connection.xml(id, XmlView.INACTIVE).contains("<os firmware='efi'>"));
    connection.destroy(id);
    LifeVerbs verbs = ((Facets) connection).facet(LifeVerbs.class, id).orElseThrow();
    byte[] changed = Files.readAllBytes(variables);
    changed[changed.length - 1] = 7;
    Files.write(variables, changed);
    verbs.create(Set.of(StartFlag.PAUSED));
    assertArrayEquals(changed, Files.readAllBytes(variables), "they are kept");
    connection.destroy(id);
    verbs.create(Set.of(StartFlag.PAUSED, StartFlag.RESET_NVRAM));
    Path template = Path.of(QemuFixture.first(live, "<nvram template='([^']*)'"));
    assertArrayEquals(Files.readAllBytes(template), Files.readAllBytes(variables));
    connection.destroy(id);
    assertThrows(VirtException.class, () -> connection.undefine(id), "the variables would be lost");
    verbs.undefine(Set.of(UndefineFlag.NVRAM));
    assertFalse(Files.exists(variables));
  }

  @Test
  void removesVariablesInAFileThatTheMachineNames() throws Exception {
    Path variables = Files.createFile(home.resolve("own_VARS.fd"));
    String xml =
        QemuMachines.xml("a", uuid, "")
            .replaceFirst(
                "(?s)<os>.*</os>",
                "<os><type machine='q35'>hvm</type><loader readonly='yes' type='pflash'>"
                    + "/usr/share/OVMF/OVMF_CODE.fd</loader><nvram>"
                    + variables
                    + "</nvram></os>");
    connection.define(xml);
    assertThrows(VirtException.class, () -> connection.undefine(id), "they would be lost");
    undefine(UndefineFlag.KEEP_NVRAM);
    assertTrue(Files.exists(variables));
    connection.define(xml);
    undefine(UndefineFlag.NVRAM);
    assertFalse(Files.exists(variables));
  }

  @Test
  void startsAndEndsAnEmulatedTpm() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/swtpm")), "needs swtpm (apt-get install swtpm)");
    starts("q35", os("q35"), "<tpm model='tpm-crb'><backend type='emulator'/></tpm>");
    assertEquals(process().info().user(), tpm().orElseThrow().info().user());
    connection.destroy(id);
    Lab.await("swtpm has ended", () -> tpm().isEmpty());
    Path state = home.resolve("qemu/tpm/" + uuid);
    assertTrue(Files.isDirectory(state));
    String xml = connection.xml(id, XmlView.INACTIVE);
    undefine(UndefineFlag.KEEP_TPM);
    assertTrue(Files.isDirectory(state));
    connection.define(xml);
    undefine(UndefineFlag.TPM);
    assertFalse(Files.exists(state));
  }

  /** Asks a TPM by the words of "TPM 2.0 Library, Part 3" which banks it has. */
  private Set<Integer> banks(Path state) throws Exception {
    Path socket = home.resolve("tpm.sock");
    String words = "swtpm socket --tpm2 --flags startup-clear --daemon --terminate";
    List<String> all = new ArrayList<>(List.of(words.split(" ")));
    all.addAll(List.of("--tpmstate", "dir=" + state, "--server", "type=unixio,path=" + socket));
    Command.of(all).require();
    Set<Integer> banks = new TreeSet<>();
    try (SocketChannel tpm = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer ask = ByteBuffer.allocate(22).putShort((short) 0x8001).putInt(22);
      ask.putInt(GET_CAPABILITY).putInt(PCRS).putInt(0).putInt(1).flip();
      tpm.write(ask);
      DataInputStream in = new DataInputStream(Channels.newInputStream(tpm));
      in.readFully(new byte[6]);
      assertEquals(0, in.readInt());
      in.readFully(new byte[5]);
      for (int left = in.readInt(); left > 0; left--) {
        int algorithm = in.readUnsignedShort();
        for (byte used : in.readNBytes(in.readUnsignedByte())) {
          if (used != 0) {
            banks.add(algorithm);
          }
        }
      }
    }
    Lab.await("swtpm has ended", () -> tpm().isEmpty());
    return banks;
  }

  @Test
  void hasATpmMeasureByTheWantedFunctionsOnly() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/swtpm_setup")),
        "needs swtpm_setup (apt-get install swtpm-tools)");
    starts(
        "q35",
        os("q35"),
        """
        <tpm model='tpm-crb'>
          <backend type='emulator' version='2.0'>
            <active_pcr_banks><sha256/><sha512/></active_pcr_banks>
          </backend>
        </tpm>
        """);
    connection.destroy(id);
    Lab.await("swtpm has ended", () -> tpm().isEmpty());
    assertEquals(Set.of(SHA256, SHA512), banks(home.resolve("qemu/tpm/" + uuid)));
  }

  @Test
  void givesQemuAnEnvironmentOfItsOwn() throws Exception {
    starts(
        "pc",
        os("pc")
            + """
            <q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>
              <q:env name='A_WORD' value='of two'/><q:env name='NONE'/>
            </q:commandline>
            """,
        "");
    String all = Files.readString(Path.of("/proc", "" + process().pid(), "environ"));
    Set<String> variables = Set.of(all.split("\0"));
    assertTrue(variables.contains("A_WORD=of two"), all);
    assertTrue(variables.contains("NONE="), all);
  }

  private void undefine(UndefineFlag flag) throws VirtException {
    ((Facets) connection).facet(LifeVerbs.class, id).orElseThrow().undefine(Set.of(flag));
  }

  private Optional<ProcessHandle> tpm() {
    String folder = home.resolve("qemu/tpm").toString();
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              try {
                Path line = Path.of("/proc", Long.toString(process.pid()), "cmdline");
                String words = Files.readString(line);
                return words.startsWith("swtpm") && words.contains(folder);
              } catch (java.io.IOException e) {
                return false; // it has ended
              }
            })
        .findFirst();
  }

  @Test
  void servesSpiceAtAFreePort() throws Exception {
    starts(
        "pc",
        os("pc"),
        """
        <graphics type='spice' autoport='yes' passwd='secret'/>
        <channel type='spicevmc'><target type='virtio'/></channel>
        <redirdev bus='usb' type='spicevmc'/>
        """);
    String live = connection.xml(id, XmlView.LIVE);
    assertTrue(live.matches("(?s).*type='spice' port='[0-9]+'.*"), live);
    assertFalse(connection.xml(id, XmlView.INACTIVE).contains("port='59"));
  }
}
