package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostDefaults;

/** What is kept in a definition, and not started. */
class StartCheckTest {
  private static Guest guest(String root, String devices) throws VirtException {
    String xml =
        "<domain type='qemu' xmlns:other='urn:other'><name>it</name><memory>65536</memory>"
            + "<os><type machine='pc'>hvm</type></os>%s<devices>%s</devices></domain>";
    return Completion.run(xml.formatted(root, devices), HostDefaults.NONE);
  }

  private static void refused(String path, String root, String devices) throws VirtException {
    Guest guest = guest(root, devices);
    VirtException e = assertThrows(VirtException.class, () -> StartCheck.run(guest));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
  }

  @Test
  void refusesAnUnknownDevice() throws Exception {
    refused("/domain/devices/lamp", "", "<lamp colour='red'/>");
  }

  @Test
  void refusesAnUnknownAttributeOfAKnownDevice() throws Exception {
    String disk = "<disk type='file' colour='red'><source file='/a'/><target dev='vda'/></disk>";
    refused("/domain/devices/disk/@colour", "", disk);
  }

  @Test
  void refusesAnUnknownElementWithinAKnownOne() throws Exception {
    refused(
        "/domain/devices/memballoon/stats/often",
        "",
        "<memballoon model='virtio'><stats period='5'><often/></stats></memballoon>");
  }

  @Test
  void refusesAnUnknownPartOfTheMachine() throws Exception {
    refused("/domain/pm/lamp", "<pm><lamp/></pm>", "");
  }

  @Test
  void refusesAWordWhereItIsNotOne() throws Exception {
    refused("/domain/clock/@model", "<clock offset='utc' model='x'/>", "");
  }

  @Test
  void refusesALeaseThatNobodyWouldHold() throws Exception {
    refused("/domain/devices/lease", "", "<lease><key>k</key></lease>");
  }

  @Test
  void keepsWhatBelongsToOthers() throws Exception {
    String notes = "<metadata><a:b xmlns:a='urn:a' c='d'><e/></a:b></metadata>";
    Guest guest = guest(notes + "<other:thing size='1'/>", "");
    assertDoesNotThrow(() -> StartCheck.run(guest));
  }

  @Test
  void knowsEveryWordOfOurOwnExamples() throws Exception {
    for (String name : new String[] {"everything.xml", "q35.xml"}) {
      try (InputStream in = StartCheckTest.class.getResourceAsStream(name)) {
        String xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        Guest guest = Completion.run(xml, HostDefaults.NONE);
        assertEquals(Optional.empty(), Vocabulary.firstUnknown(guest.root()), name);
      }
    }
  }

  @Test
  void readsElementsOfQemuUnderAnyPrefix() throws Exception {
    String own =
        "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
            + "<q:arg value='-name'/><q:arg value='own'/></q:commandline>";
    String xml =
        "<domain type='qemu'><name>it</name><memory>65536</memory>"
            + "<os><type machine='pc'>hvm</type></os>"
            + own
            + "</domain>";
    String argv = new QemuArgvFormat().toNative(xml);
    assertTrue(argv.stripTrailing().endsWith("-name own"), argv);
  }

  @Test
  void validatesByTheWordsThatAreKnown() throws Exception {
    String frame = "<domain type='qemu'><name>a</name><devices><disk%s/></devices></domain>";
    Completion.validate(frame.formatted(""));
    VirtException e =
        assertThrows(
            VirtException.class, () -> Completion.validate(frame.formatted(" colour='red'")));
    assertEquals(ErrorCode.XML_INVALID_SCHEMA, e.code());
    assertTrue(e.getMessage().contains("/domain/devices/disk/@colour"), e.getMessage());
  }
}
