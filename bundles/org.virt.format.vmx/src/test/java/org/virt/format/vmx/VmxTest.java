package org.virt.format.vmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class VmxTest {
  private static final VmxSite SITE = new DatastoreSite("ds 1", "vm");
  private static final String HEAD = "config.version = \"8\"\nvirtualHW.version = \"13\"\n";
  private static final String XML =
      """
      <domain type='vmware'>
        <name>a%%c "d"</name>
        <uuid>564d9bef-acd9-b4e0-c8f0-aea8b9103515</uuid>
        <memory unit='MiB'>6</memory>
        <os><type arch='x86_64'>hvm</type></os>
        <devices>%s</devices>
      </domain>
      """;

  private static String write(String devices) throws VirtException {
    return VmxWriter.write(XML.formatted(devices), SITE);
  }

  private static String refused(String devices) {
    VirtException e = assertThrows(VirtException.class, () -> write(devices));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
    return e.getMessage();
  }

  private static String unreadable(String entries) {
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> VmxReader.read(HEAD + "displayName = \"a\"\n" + entries, SITE));
    assertEquals(ErrorCode.PARSE_FAILED, e.code());
    return e.getMessage();
  }

  @Test
  void escapesNamesAsVmwareDoes() throws Exception {
    String vmx = write("");
    assertTrue(vmx.contains("displayName = \"a%25c |22d|22\"\n"), vmx);
    String other = vmx.replace("a%25c", "a%2fb%25c");
    assertTrue(VmxReader.read(other, SITE).contains("<name>a/b%c &quot;d&quot;</name>"), other);
  }

  @Test
  void roundsMemoryUpToFourMebibytes() throws Exception {
    assertTrue(write("").contains("memsize = \"8\"\n"));
  }

  @Test
  void readsBackEveryDiskThatItWrites() throws Exception {
    StringBuilder disks = new StringBuilder();
    for (Map.Entry<String, String> disk :
        Map.of("sda", "scsi", "sdh", "scsi", "sdp", "scsi", "hdd", "ide").entrySet()) {
      disks
          .append("<disk type='file' device='disk'><source file='[x] y/")
          .append(disk.getKey())
          .append(".vmdk'/><target dev='")
          .append(disk.getKey())
          .append("' bus='")
          .append(disk.getValue())
          .append("'/></disk>");
    }
    String vmx = write(disks.toString());
    assertTrue(vmx.contains("scsi0:8.fileName = \"/vmfs/volumes/x/y/sdh.vmdk\""), vmx);
    String back = VmxReader.read(vmx, SITE);
    for (String name : new String[] {"sda", "sdh", "sdp", "hdd"}) {
      assertTrue(back.contains("<source file='[x] y/" + name + ".vmdk'/>"), back);
      assertTrue(back.contains("<target dev='" + name + "'"), back);
    }
  }

  @Test
  void refusesWhatVmwareDoesNotHave() {
    assertTrue(refused("<tpm model='tpm-crb'/>").contains("/domain/devices/tpm"));
    assertTrue(refused("<graphics type='spice'/>").contains("'spice' is not vnc"));
    String network =
        "<disk type='network' device='disk'><source protocol='rbd' name='x'/>"
            + "<target dev='sda' bus='scsi'/></disk>";
    assertTrue(refused(network).contains("'network' is not file"));
    assertTrue(
        refused("<disk device='disk' type='file'><target dev='vda' bus='virtio'/></disk>")
            .contains("'virtio' of vda"));
  }

  @Test
  void namesTheLineOfWhatIsNoEntry() {
    assertTrue(unreadable("nonsense\n").contains("line 4"), unreadable("nonsense\n"));
    assertTrue(unreadable("x = \"y\n").contains("no closing quote"));
    assertTrue(unreadable("memsize = \"33\"\n").contains("multiple of 4"));
    assertTrue(unreadable("uuid.bios = \"zz\"\n").contains("a UUID"));
    assertTrue(unreadable("displayName = \"\u0001\"\n").contains("U+0001"));
  }

  @Test
  void readsSerialPortsOfServersWithoutAddress() throws Exception {
    String port =
        "serial1.present = \"true\"\nserial1.fileType = \"network\"\n"
            + "serial1.fileName = \"telnet://:4001\"\n";
    String xml = VmxReader.read(HEAD + "displayName = \"a\"\n" + port, SITE);
    assertTrue(xml.contains("<source mode='bind' service='4001'/>"), xml);
    assertTrue(xml.contains("<protocol type='telnet'/>\n      <target port='1'/>"), xml);
    assertTrue(unreadable(port.replace(":4001", "h")).contains("a port"));
  }

  @Test
  void showsWhatOnlyTheSiteKnows() throws Exception {
    VmxSite site =
        new VmxSite() {
          @Override
          public Optional<String> path(String fileName) {
            return Optional.empty();
          }

          @Override
          public String fileName(String path) {
            return path;
          }

          @Override
          public OptionalInt hardwareVersion() {
            return OptionalInt.of(13);
          }

          @Override
          public Optional<String> datacenterPath() {
            return Optional.of("f/dc");
          }

          @Override
          public Optional<String> reference() {
            return Optional.of("vm-7");
          }
        };
    String vmx = VmxWriter.write(XML.formatted(""), site);
    assertTrue(vmx.contains("virtualHW.version = \"13\""), vmx);
    String drive =
        "ide0:0.present = \"true\"\nide0:0.deviceType = \"cdrom-image\"\n"
            + "ide0:0.fileName = \"gone.iso\"\n";
    String xml = VmxReader.read(vmx + drive, site);
    assertTrue(xml.contains("<disk type='file' device='cdrom'>\n      <target"), xml);
    assertTrue(xml.contains("  <vmware:datacenterpath>f/dc</vmware:datacenterpath>\n"), xml);
    assertTrue(xml.contains("  <vmware:moref>vm-7</vmware:moref>\n"), xml);
  }
}
