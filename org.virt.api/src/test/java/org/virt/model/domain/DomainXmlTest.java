package org.virt.model.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class DomainXmlTest {
  private static final String SMALLEST =
      "<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>";

  @Test
  void fillsInWhatLibvirtPrintsAlways() throws VirtException {
    assertEquals(
        """
        <domain type='test'>
          <name>a</name>
          <memory unit='KiB'>1024</memory>
          <currentMemory unit='KiB'>1024</currentMemory>
          <vcpu placement='static'>1</vcpu>
          <os>
            <type>hvm</type>
          </os>
          <clock offset='utc'/>
          <on_poweroff>destroy</on_poweroff>
          <on_reboot>restart</on_reboot>
          <on_crash>destroy</on_crash>
          <devices/>
        </domain>
        """,
        DomainXml.print(DomainXml.parse(SMALLEST)));
  }

  @Test
  void printsInLibvirtsOrderAndKeepsWhatItDoesNotName() throws VirtException {
    String given =
        """
        <domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0' type='kvm'>
          <q:commandline><q:arg value='-foo &amp;'/></q:commandline>
          <devices>
            <rng model='virtio'><backend model='egd'><source mode='bind'/></backend></rng>
            <rng model='virtio'><rate bytes='9'/><backend model='random'>/dev/urandom</backend></rng>
            <watchdog model='i6300esb' action='reset'/>
            <interface type='bridge'>
              <address type='pci' domain='0' bus='0' slot='3' function='0'/>
              <filterref filter='clean-traffic'>
                <parameter name='IP' value='10.0.0.1'/><parameter name='IP' value='10.0.0.2'/>
              </filterref>
              <model type='virtio'/><bandwidth><inbound average='1'/></bandwidth>
              <source bridge='br0'/><mac address='52:54:0:0:A:1'/>
            </interface>
            <disk type='file' device='disk' snapshot='no'>
              <target dev='vda' bus='virtio'/><serial>&lt;1></serial>
              <source file="/a'b"/><driver name='qemu' type='qcow2' zz='1' aa='2'/>
            </disk>
          </devices>
          <memory unit='MiB' dumpCore='off'>2</memory>
          <metadata><m:b xmlns:m='urn:m' z='1' a='2'>some <m:i>mixed</m:i> text</m:b></metadata>
          <os><type arch='x86_64'>hvm</type></os>
          <uuid>C7A5FDBDEDAF9455926AD65C16DB1809</uuid>
          <name>a</name>
        </domain>
        """;
    assertEquals(
        """
        <domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>
          <name>a</name>
          <uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>
          <metadata>
            <m:b z='1' a='2' xmlns:m='urn:m'>some <m:i>mixed</m:i> text</m:b>
          </metadata>
          <memory unit='KiB' dumpCore='off'>2048</memory>
          <currentMemory unit='KiB'>2048</currentMemory>
          <vcpu placement='static'>1</vcpu>
          <os>
            <type arch='x86_64'>hvm</type>
          </os>
          <clock offset='utc'/>
          <on_poweroff>destroy</on_poweroff>
          <on_reboot>restart</on_reboot>
          <on_crash>destroy</on_crash>
          <devices>
            <disk type='file' device='disk' snapshot='no'>
              <driver name='qemu' type='qcow2' zz='1' aa='2'/>
              <source file='/a&apos;b'/>
              <target dev='vda' bus='virtio'/>
              <serial>&lt;1&gt;</serial>
            </disk>
            <interface type='bridge'>
              <mac address='52:54:00:00:0a:01'/>
              <source bridge='br0'/>
              <bandwidth>
                <inbound average='1'/>
              </bandwidth>
              <model type='virtio'/>
              <filterref filter='clean-traffic'>
                <parameter name='IP' value='10.0.0.1'/>
                <parameter name='IP' value='10.0.0.2'/>
              </filterref>
              <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>
            </interface>
            <watchdog model='i6300esb' action='reset'/>
            <rng model='virtio'>
              <backend model='egd'>
                <source mode='bind'/>
              </backend>
            </rng>
            <rng model='virtio'>
              <rate bytes='9'/>
              <backend model='random'>/dev/urandom</backend>
            </rng>
          </devices>
          <q:commandline>
            <q:arg value='-foo &amp;'/>
          </q:commandline>
        </domain>
        """,
        DomainXml.print(DomainXml.parse(given)));
    assertEquals(
        List.of(
            "/domain/q:commandline",
            "/domain/memory/@dumpCore",
            "/domain/devices/watchdog",
            "/domain/devices/disk/@snapshot",
            "/domain/devices/disk/driver/@zz",
            "/domain/devices/disk/driver/@aa",
            "/domain/devices/interface/bandwidth",
            "/domain/devices/rng[1]/backend/source",
            "/domain/devices/rng[2]/rate"),
        DomainXml.parse(given).unknown().stream().map(UnknownPart::path).toList());
  }

  @Test
  void givesUuidAndMacOnlyWhereAbsent() throws VirtException {
    DomainConfig config = DomainXml.parse(with("<devices><interface type='user'/></devices>"));
    Interface card = config.devices.interfaces.get(0);
    assertNull(config.uuid);
    config.ensureUuid();
    card.ensureMac();
    String uuid = config.uuid;
    String mac = card.mac.address;
    config.ensureUuid();
    card.ensureMac();
    assertEquals(uuid, config.domainId().toString());
    assertEquals(mac, card.macAddress().toString());
    assertTrue(mac.startsWith("52:54:00:"), mac);
  }

  @Test
  void leavesPasswordsOutOfWhatIsShown() throws VirtException {
    DomainConfig config =
        DomainXml.parse(with("<devices><graphics type='vnc' passwd='s3cret'/></devices>"));
    assertFalse(DomainXml.printPublic(config).contains("passwd"));
    assertTrue(DomainXml.print(config).contains(" passwd='s3cret'"));
  }

  @ParameterizedTest
  @CsvSource({
    "1,b,1",
    "1025,bytes,2",
    "1,KB,1",
    "1000,kB,977",
    "1,k,1",
    "1,MiB,1024",
    "2,G,2097152"
  })
  void bringsMemoryToKibRoundedUp(String amount, String unit, long kib) throws VirtException {
    String xml = SMALLEST.replace("<memory>1024", "<memory unit='" + unit + "'>" + amount);
    assertEquals(kib, DomainXml.parse(xml).memory.kib());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <name>a</name>   |                    | /domain/name: is missing
          <name>a</name>   | <name> </name>     | /domain/name: is empty
          <name>a</name>   | <name>a/b</name>   | /domain/name: 'a/b' holds a slash or a line end
          <name>a</name>   | <name>..</name>    | /domain/name: '..' cannot be a name
          <name>a</name>   | <name>a</name><name>b</name> | /domain/name is given more than once
          <name>a</name>   | <name x='1'>a</name>         | /domain/name/@x is not known
          <name>a</name>   | <name><b/>a</name>           | /domain/name/b is not known
          1024             | 0                  | /domain/memory: is 0
          1024             | -1                 | /domain/memory: '-1' is not an amount of memory
          1024             | 99999999999999999999 | /domain/memory: '99999999999999999999' is not an amount
          <memory>         | <memory unit='x'>  | /domain/memory: 'x' is not a unit of memory
          <memory>         | <memory unit='EiB'> | 1024 EiB is too much memory
           type='test'     |                    | /domain/@type: is missing
          <os>             | <uuid>12</uuid><os> | /domain/uuid: '12' is not a UUID
          <os>             | <vcpu>0</vcpu><os> | /domain/vcpu: 0 is not within 1 to 65536
          <os>             | <vcpu>x</vcpu><os> | /domain/vcpu: 'x' is not a number of virtual CPUs
          <type>hvm</type> |                    | /domain/os/type: is missing
          <os>             | <on_crash>hm</on_crash><os> | /domain/on_crash: 'hm' is none of destroy
          <domain          | <dom               | line 1, column
          """)
  void refusesWithElementAndValue(String part, String replacement, String message) {
    String xml = SMALLEST.replace(part, replacement == null ? "" : replacement);
    assertNotEquals(SMALLEST, xml);
    assertRefused(xml, message);
  }

  @Test
  void refusesDevicesWithElementAndValue() {
    String card = "<devices><interface type='bridge'>%s</interface></devices>";
    assertRefused(
        with(card.formatted("<mac address='52:54:00:00:00'/>")),
        "/domain/devices/interface/mac/@address: not a MAC address: '52:54:00:00:00'");
    assertRefused(with(card.formatted("<mac address='01:00:5e:00:00:01'/>")), "is a group address");
    assertRefused(
        with(card.formatted("<filterref/>")), "/domain/devices/interface/filterref/@filter");
    assertRefused(
        with(card.formatted("<address type='pci' slot='32'/>")),
        "/domain/devices/interface/address/@slot: '32' is not a number from 0 to 31");
    assertRefused(
        with(card.formatted("<link state='on'/>")),
        "/domain/devices/interface/link/@state: 'on' is neither up nor down");
    assertRefused(
        with("<devices>" + "<disk><target dev='vda'/></disk>".repeat(2) + "</devices>"),
        "/domain/devices/disk/target/@dev: 'vda' is given more than once");
    assertRefused(with("<devices><disk/></devices>"), "/domain/devices/disk/target/@dev");
    assertRefused("<network/>", "the document is a <network>");
  }

  private static String with(String devices) {
    return SMALLEST.replace("</domain>", devices + "</domain>");
  }

  private static void assertRefused(String xml, String message) {
    VirtException e = assertThrows(VirtException.class, () -> DomainXml.parse(xml), xml);
    assertEquals(ErrorCode.XML_ERROR, e.code());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
