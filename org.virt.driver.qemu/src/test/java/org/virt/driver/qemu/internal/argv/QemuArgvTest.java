package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** Golden command lines: {@code NAME.xml} becomes {@code NAME.args}. */
class QemuArgvTest {
  private static final String FRAME =
      """
      <domain type='%s'>
        <name>small</name>
        <uuid>11111111-2222-3333-4444-777777777777</uuid>
        <memory unit='MiB'>64</memory>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        %s
      </domain>
      """;

  private final QemuArgvFormat format = new QemuArgvFormat();

  private static String resource(String name) throws Exception {
    try (InputStream in = QemuArgvTest.class.getResourceAsStream(name)) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String complete(String xml) throws VirtException {
    return DomainXml.print(DomainXml.parse(Completion.run(xml, HostDefaults.NONE).print()));
  }

  private static String devices(String xml) {
    return FRAME.formatted("qemu", "<devices>" + xml + "</devices>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"everything", "q35"})
  void writesTheGoldenCommandLine(String name) throws Exception {
    String made = format.toNative(resource(name + ".xml"));
    Path golden = Path.of("src/test/resources/org/virt/driver/qemu/internal/argv", name + ".args");
    if (Boolean.getBoolean("virt.golden.write")) {
      Files.writeString(golden, made);
    }
    assertEquals(resource(name + ".args"), made);
  }

  @ParameterizedTest
  @ValueSource(strings = {"everything", "q35"})
  void changesNothingOfWhatIsComplete(String name) throws Exception {
    String once = complete(resource(name + ".xml"));
    assertEquals(once, complete(once));
    assertEquals(format.toNative(resource(name + ".xml")), format.toNative(once));
  }

  @Test
  void keepsPlacesWhenADeviceIsAdded() throws Exception {
    String xml = complete(devices("<rng model='virtio'><backend model='builtin'/></rng>"));
    String before = DomainXml.parse(xml).devices.rngs.get(0).address.slot;
    String more =
        xml.replace(
            "<devices>", "<devices><interface type='user'><model type='virtio'/></interface>");
    DomainConfig changed = DomainXml.parse(complete(more));
    assertEquals(before, changed.devices.rngs.get(0).address.slot);
    assertFalse(before.equals(changed.devices.interfaces.get(0).address.slot));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <sound model='gus'/> | /domain/devices/sound/@model
          <disk type='file'><source file='/a'/><target dev='vda'/><iotune><total_iops_sec>1</total_iops_sec><read_iops_sec>1</read_iops_sec></iotune></disk> | /domain/devices/disk/iotune
          <disk type='network'><source protocol='gopher'/><target dev='vda'/></disk> | /domain/devices/disk/source/@protocol
          <disk type='file' device='lun'><source file='/a'/><target dev='vda'/></disk> | /domain/devices/disk/@device
          <disk type='file'><target dev='vda'/></disk> | /domain/devices/disk/source
          <disk type='file'><driver type='odd'/><source file='/a'/><target dev='vda'/></disk> | /domain/devices/disk/driver/@type
          <disk type='file'><source file='/a'/><target dev='xvda'/></disk> | /domain/devices/disk/target/@bus
          <interface type='vhostuser'><source type='unix' path='/s' mode='client'/></interface> | /domain/devices/interface/model/@type
          <interface type='user'><model type='a,b'/></interface> | /domain/devices/interface/model/@type
          <interface type='user'><filterref filter='clean-traffic'/></interface> | /domain/devices/interface/filterref
          <console type='nmdm'/> | /domain/devices/console/@type
          <channel type='unix'><target type='guestfwd'/></channel> | /domain/devices/channel/target/@address
          <graphics type='desktop'/> | /domain/devices/graphics/@type
          <video><model type='parallels'/></video> | /domain/devices/video/model/@type
          <input type='tablet' bus='ps2'/> | /domain/devices/input[1]/@bus
          <memballoon model='xen'/> | /domain/devices/memballoon/@model
          <rng model='virtio'><backend model='dice'/></rng> | /domain/devices/rng/backend/@model
          <controller type='ide' index='1'/> | /domain/devices/controller[1]
          <controller type='floppy'/> | /domain/devices/controller[1]/@type
          <shmem name='a'/> | /domain/devices/shmem/model/@type
          <hub type='pci'/> | /domain/devices/hub/@type
          <lamp/> | /domain/devices/lamp
          """)
  void refusesByItsPathWhatItCannotDo(String device, String path) {
    VirtException e = assertThrows(VirtException.class, () -> format.toNative(devices(device)));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code(), e.getMessage());
    assertTrue(e.getMessage().startsWith(path), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <cpu mode='host-model'/><devices><emulator>/nowhere/qemu</emulator></devices> | /domain/cpu/@mode
          <cpu mode='host-passthrough'/> | /domain/cpu/@mode
          <cpu><model>qemu64,hv-relaxed</model></cpu> | /domain/cpu/model
          <cpu><topology sockets='3' cores='1' threads='1'/></cpu> | /domain/cpu/topology
          <clock offset='moon'/> | /domain/clock/@offset
          <clock><timer name='sun'/></clock> | /domain/clock/timer/@name
          <features><hyperv mode='odd'/></features> | /domain/features/hyperv
          <memoryBacking><source type='tape'/></memoryBacking> | /domain/memoryBacking
          """)
  void refusesByItsPathWhatIsNoDevice(String part, String path) {
    VirtException e =
        assertThrows(VirtException.class, () -> format.toNative(FRAME.formatted("qemu", part)));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code(), e.getMessage());
    assertTrue(e.getMessage().startsWith(path), e.getMessage());
  }

  @Test
  void refusesTwoDevicesInOnePlace() {
    String address = "<address type='pci' bus='0x00' slot='0x05' function='0x0'/>";
    VirtException e =
        assertThrows(
            VirtException.class,
            () ->
                format.toNative(
                    devices(
                        "<interface type='user'>"
                            + address
                            + "</interface><memballoon model='virtio'>"
                            + address
                            + "</memballoon>")));
    assertEquals(
        "read domain XML: /domain/devices/memballoon/address: PCI address 00:05.0 is taken",
        e.getMessage());
  }

  @Test
  void readsNoCommandLines() {
    VirtException e = assertThrows(VirtException.class, () -> format.fromNative("qemu"));
    assertEquals(ErrorCode.NO_SUPPORT, e.code());
  }
}
