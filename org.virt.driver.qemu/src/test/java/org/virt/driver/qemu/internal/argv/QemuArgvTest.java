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
import org.virt.driver.qemu.internal.config.Completion;
import org.virt.driver.qemu.internal.config.HostDefaults;
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
    DomainConfig config = DomainXml.parse(resource(name + ".xml"));
    Completion.run(config, HostDefaults.NONE);
    String once = DomainXml.print(config);
    DomainConfig again = DomainXml.parse(once);
    Completion.run(again, HostDefaults.NONE);
    assertEquals(once, DomainXml.print(again));
    assertEquals(format.toNative(resource(name + ".xml")), format.toNative(once));
  }

  @Test
  void keepsPlacesWhenADeviceIsAdded() throws Exception {
    DomainConfig config =
        DomainXml.parse(devices("<rng model='virtio'><backend model='builtin'/></rng>"));
    Completion.run(config, HostDefaults.NONE);
    String before = config.devices.rngs.get(0).address.slot;
    String more =
        DomainXml.print(config)
            .replace(
                "<devices>", "<devices><interface type='user'><model type='virtio'/></interface>");
    DomainConfig changed = DomainXml.parse(more);
    Completion.run(changed, HostDefaults.NONE);
    assertEquals(before, changed.devices.rngs.get(0).address.slot);
    assertFalse(before.equals(changed.devices.interfaces.get(0).address.slot));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <sound model='ich9'/>                                                                    | /domain/devices/sound
          <disk type='file'><source file='/a'/><target dev='vda'/><iotune/></disk>                 | /domain/devices/disk/iotune
          <disk type='network'><source/><target dev='vda'/></disk>                                 | /domain/devices/disk
          <disk type='file' device='lun'><source file='/a'/><target dev='vda'/></disk>             | /domain/devices/disk/@device
          <disk type='file'><target dev='vda'/></disk>                                             | /domain/devices/disk/source
          <disk type='file'><driver type='vmdk'/><source file='/a'/><target dev='vda'/></disk>     | /domain/devices/disk/driver/@type
          <disk type='file'><source file='/a'/><target dev='hda' bus='usb'/></disk>                | /domain/devices/disk/target/@bus
          <interface type='network'><source network='default'/></interface>                        | /domain/devices/interface/@type
          <interface type='user'><model type='odd'/></interface>                                   | /domain/devices/interface/model/@type
          <interface type='user'><filterref filter='clean-traffic'/></interface>                   | /domain/devices/interface/filterref
          <serial type='udp'/>                                                                     | /domain/devices/serial/@type
          <channel type='unix'><target type='guestfwd'/></channel>                                 | /domain/devices/channel/target/@type
          <graphics type='spice'/>                                                                 | /domain/devices/graphics/@type
          <video><model type='parallels'/></video>                                                 | /domain/devices/video/model/@type
          <input type='tablet' bus='ps2'/>                                                         | /domain/devices/input[1]/@bus
          <memballoon model='xen'/>                                                                | /domain/devices/memballoon/@model
          <rng model='virtio'><backend model='egd'/></rng>                                         | /domain/devices/rng/backend/@model
          <controller type='ide' index='1'/>                                                       | /domain/devices/controller[1]
          <controller type='ccid'/>                                                                | /domain/devices/controller[1]/@type
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
          <cpu mode='host-model'/>                                   | /domain/cpu/@mode
          <cpu mode='host-passthrough'/>                             | /domain/cpu/@mode
          <cpu><model>qemu64,hv-relaxed</model></cpu>                | /domain/cpu/model
          <cpu><topology sockets='3' cores='1' threads='1'/></cpu>   | /domain/cpu/topology
          <clock offset='timezone'/>                                 | /domain/clock/@offset
          <clock><timer name='tsc'/></clock>                         | /domain/clock/timer/@name
          <features><hyperv/></features>                             | /domain/features/hyperv
          <memoryBacking/>                                           | /domain/memoryBacking
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
        "/domain/devices/memballoon/address: PCI address 00:05.0 is taken", e.getMessage());
  }

  @Test
  void readsNoCommandLines() {
    VirtException e = assertThrows(VirtException.class, () -> format.fromNative("qemu"));
    assertEquals(ErrorCode.NO_SUPPORT, e.code());
  }
}
