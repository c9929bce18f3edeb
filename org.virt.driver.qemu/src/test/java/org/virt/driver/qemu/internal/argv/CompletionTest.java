package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.model.domain.DomainXml;

/** What is filled into definitions, and what is left out of them, as libvirt 9.0 does. */
class CompletionTest {
  private static String complete(String os, String root, String devices) throws VirtException {
    String xml =
        "<domain type='qemu'><name>it</name><memory>262144</memory><vcpu>2</vcpu>"
            + "<os><type machine='pc'>hvm</type>%s</os>%s<devices>%s</devices></domain>";
    String done = Completion.run(xml.formatted(os, root, devices), HostDefaults.NONE).print();
    return DomainXml.print(DomainXml.parse(done)).replaceAll(">\\s+<", "><");
  }

  private static void has(String xml, String part) {
    assertTrue(xml.contains(part), () -> part + " is not in " + xml);
  }

  @Test
  void namesEveryThreadWhenOneIsNamed() throws Exception {
    String threads = "<iothreads>3</iothreads><iothreadids><iothread id='2'/></iothreadids>";
    has(
        complete("", threads, ""),
        "<iothreadids><iothread id='2'/><iothread id='1'/><iothread id='3'/></iothreadids>");
    assertFalse(
        complete("", "<iothreads>0</iothreads><defaultiothread/>", "").contains("iothread"));
  }

  @Test
  void keepsVariablesOfACodeThatIsReadOnly() throws Exception {
    String loader = "<loader readonly='%s' type='pflash'%s>/c.fd</loader>";
    String acpi = "<features><acpi/></features>";
    has(complete(loader.formatted("yes", ""), acpi, ""), "<nvram/>");
    assertFalse(complete(loader.formatted("no", ""), acpi, "").contains("<nvram"));
    String stateless = complete(loader.formatted("yes", " stateless='yes'"), acpi, "");
    assertFalse(stateless.contains("<nvram"));
  }

  @Test
  void namesTheFirstUnitOfATarget() throws Exception {
    String device =
        "<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.a:b'>"
            + "<host name='h'/></source></hostdev>";
    has(complete("", "", device), "name='iqn.a:b/0'");
  }

  @Test
  void saysWhatIsSpokenToAUsbDevice() throws Exception {
    String device =
        "<redirdev bus='usb' type='tcp'><source mode='connect' host='h' service='4'/></redirdev>";
    has(complete("", "", device), "<protocol type='raw'/>");
  }

  @Test
  void leavesOutWhatIsEmpty() throws Exception {
    String disk =
        "<disk type='file'><source file='/a'/><target dev='vda'/><serial/><vendor/></disk>";
    String rng = "<rng model='virtio'><rate bytes='0'/><backend model='random'/></rng>";
    String xml = complete("", "<numatune/>", disk + rng);
    for (String empty : new String[] {"<serial", "<vendor", "<rate", "<numatune"}) {
      assertFalse(xml.contains(empty), xml);
    }
  }

  @Test
  void showsTheConsoleWithTheNameOfItsLine() throws Exception {
    String serial = "<serial type='pty'><alias name='ua-line'/></serial>";
    has(
        complete("", "", serial),
        "<console type='pty'><target type='serial' port='0'/><alias name='ua-line'/>");
  }
}
