package org.virt.format.vmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.format.vmx.VmxTexts.HEAD;
import static org.virt.format.vmx.VmxTexts.SITE;
import static org.virt.format.vmx.VmxTexts.XML;
import static org.virt.format.vmx.VmxTexts.refused;
import static org.virt.format.vmx.VmxTexts.write;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class VmxTest {
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
    assertTrue(unreadable("annotation = \"\u0001\"\n").contains("U+0001"));
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

  private static String read(String entries) throws VirtException {
    return VmxReader.read(HEAD + "displayName = \"a\"\n" + entries, SITE);
  }

  private static String written(String top, String devices) throws VirtException {
    return VmxWriter.write(XML.formatted(devices).replace("<os>", top + "<os>"), SITE);
  }

  @Test
  void readsFilesInTheirEncoding() throws Exception {
    String vmx =
        HEAD + "displayName = \"a\"\n.encoding = \"windows-1252\"\nannotation = \"\u20ac\"\n";
    byte[] bytes = vmx.getBytes("windows-1252");
    String wanted = "<description>\u20ac</description>";
    assertTrue(VmxReader.read(VmxConfig.parse(bytes), SITE).contains(wanted));
    assertTrue(VmxReader.read(vmx, SITE).contains(wanted));
    assertTrue(
        VmxReader.read(new String(bytes, StandardCharsets.ISO_8859_1), SITE).contains(wanted));
    byte[] utf8 = vmx.replace("windows-1252", "utf-8").getBytes(StandardCharsets.UTF_8);
    assertTrue(VmxReader.read(VmxConfig.parse(utf8), SITE).contains(wanted));
    String unknown = vmx.replace("windows-1252", "klingon").replace("\u20ac", "\u00e9");
    assertThrows(VirtException.class, () -> VmxReader.read(unknown, SITE));
  }

  @Test
  void readsAnyNumberOfNetworkCardsAndTheirAddresses() throws Exception {
    String card = "ethernet%d.present = \"true\"\nethernet%1$d.networkName = \"n\"\n";
    String xml =
        read(
            card.formatted(11)
                + "ethernet11.addressType = \"vpx\"\n"
                + "ethernet11.generatedAddress = \"00:50:56:87:01:02\"\n"
                + card.formatted(2)
                + "ethernet2.generatedAddress = \"00:0c:29:87:01:02\"\n"
                + card.formatted(3)
                + "ethernet3.addressType = \"static\"\n");
    assertTrue(xml.contains("<mac address='00:50:56:87:01:02' type='generated'/>"), xml);
    assertTrue(xml.contains("<mac address='00:0c:29:87:01:02'/>"), xml);
    assertTrue(xml.contains("<mac address='00:00:00:00:00:00' type='static'/>"), xml);
    assertTrue(xml.indexOf("00:0c:29") < xml.indexOf("00:50:56"), xml);
  }

  @Test
  void writesAddressesOfNetworkCardsByRangeAndType() throws Exception {
    String card = "<interface type='null'><mac address='%s' %s/></interface>";
    String own = write(card.formatted("00:0c:29:01:02:03", ""));
    assertTrue(own.contains("ethernet0.generatedAddressOffset = \"0\""), own);
    String vcenter = write(card.formatted("00:50:56:80:00:01", "type='generated'"));
    assertTrue(vcenter.contains("ethernet0.addressType = \"vpx\""), vcenter);
    String given = write(card.formatted("00:50:56:00:00:01", "type='generated'"));
    assertTrue(given.contains("ethernet0.addressType = \"generated\""), given);
    String foreign = write(card.formatted("52:54:00:01:02:03", "type='static'"));
    assertTrue(foreign.contains("ethernet0.checkMACAddress = \"false\""), foreign);
    String five = write(card.formatted("00:0c:29:01:02:03", "").repeat(5));
    assertTrue(five.contains("virtualHW.version = \"7\""), five);
    assertTrue(
        refused(card.formatted("00:0c:29:01:02:03", "").repeat(11)).contains("more than 10"));
  }

  @Test
  void refusesCpusThatVmwareDoesNotHave() {
    for (Map.Entry<String, String> one :
        Map.of(
                "<vcpu current='1'>2</vcpu>", "/vcpu/@current",
                "<cpu mode='host-passthrough'/>", "/cpu/@mode",
                "<cpu><model>Nehalem</model></cpu>", "/cpu/topology: is missing",
                "<vcpu>4</vcpu><cpu><topology sockets='2' cores='1' threads='2'/></cpu>",
                    "/cpu/topology/@threads",
                "<vcpu>4</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu>",
                    "1 sockets of 2 cores are not 4")
            .entrySet()) {
      VirtException e = assertThrows(VirtException.class, () -> written(one.getKey(), ""));
      assertTrue(e.getMessage().contains(one.getValue()), e.getMessage());
    }
  }

  @Test
  void givesEveryScreenMemoryOfAPowerOfTwo() throws Exception {
    assertTrue(read("svga.vramSize = \"4194305\"\n").contains("vram='8192'"));
    assertTrue(read("").contains("vram='4096'"));
    String large = write("<video><model type='vmvga' vram='5000'/></video>");
    assertTrue(large.contains("svga.vramSize = \"8388608\""), large);
    assertTrue(write("<graphics type='vnc'/>").contains("svga.vramSize = \"4194304\""));
    assertTrue(refused("<video><model type='vmvga' heads='2'/></video>").contains("@heads"));
  }

  @Test
  void takesAConsoleForASerialPort() throws Exception {
    String console = "<console type='file'><source path='[d] log'/></console>";
    assertTrue(write(console).contains("serial0.fileType = \"file\""));
    assertTrue(refused("<console type='pty'/>").contains("console/@type: 'pty'"));
    String port = "<serial type='tcp'><source mode='bind' host='::1' service='9'/></serial>";
    String vmx = write(port);
    assertTrue(vmx.contains("serial0.fileName = \"tcp://[::1]:9\""), vmx);
    assertTrue(VmxReader.read(vmx, SITE).contains("<source mode='bind' host='::1' service='9'/>"));
    assertTrue(read("serial0.present = \"true\"\n").contains("<serial type='dev'>"));
  }

  @Test
  void takesTheFirstOfTwoEntries() throws Exception {
    assertTrue(read("memsize = \"64\"\nMEMSIZE = \"128\"\n").contains(">65536</memory>"));
  }
}
