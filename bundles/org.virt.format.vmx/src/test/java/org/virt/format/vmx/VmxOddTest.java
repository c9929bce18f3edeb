package org.virt.format.vmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.format.vmx.VmxTexts.HEAD;
import static org.virt.format.vmx.VmxTexts.SITE;
import static org.virt.format.vmx.VmxTexts.XML;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Odd files and definitions: read, or refused, as libvirt's converter does. */
class VmxOddTest {
  private static String read(String entries) throws VirtException {
    return VmxReader.read(HEAD + entries, SITE);
  }

  private static void unreadable(String entry) {
    VirtException e = assertThrows(VirtException.class, () -> read(entry + "\n"), entry);
    assertEquals(ErrorCode.PARSE_FAILED, e.code());
    String key = entry.substring(0, entry.indexOf(' '));
    assertTrue(e.getMessage().contains("'" + key + "'"), e.getMessage());
  }

  @Test
  void readsAMachineWithoutAName() throws Exception {
    assertFalse(read("").contains("<name>"));
    assertTrue(read("displayName = \"\"\n").contains("<name></name>"), read("displayName = \"\""));
    assertTrue(read("displayName = 'a b'\n").contains("<name>a b</name>"));
  }

  @Test
  void refusesTextsWithHalfAnEscape() throws Exception {
    for (String half : List.of("a|", "a|2", "a|zz", "a%", "a%2", "a|25")) {
      unreadable("displayName = \"" + half + "\"");
    }
    unreadable("annotation = \"a|\"");
    assertTrue(read("annotation = \"a%b\"\n").contains("<description>a%b</description>"));
  }

  @Test
  void readsNumbersAsStrtollDoes() throws Exception {
    assertTrue(read("memsize = \" +8\"\n").contains("<memory unit='KiB'>8192</memory>"));
    for (String number : List.of("", "8 ", "8.0", "0x8", "8k", "unlimited", "-4", "9".repeat(30))) {
      unreadable("memsize = \"" + number + "\"");
    }
    String memory = read("memsize = \"8\"\nsched.mem.max = \"unlimited\"\n");
    assertTrue(memory.contains("<currentMemory unit='KiB'>8192</currentMemory>"), memory);
  }

  @Test
  void readsSharesThatOnlyUnsignedNumbersHold() throws Exception {
    String most = "18446744073709551615";
    assertTrue(read("sched.cpu.shares = \"" + most + "\"\n").contains("<shares>" + most + "<"));
    unreadable("sched.cpu.shares = \"unlimited\"");
    unreadable("sched.cpu.affinity = \"16384\"");
  }

  @Test
  void takesAnImpossibleShapeOfOneCoreForNone() throws Exception {
    assertFalse(read("cpuid.coresPerSocket = \"0\"\n").contains("<topology"));
    assertFalse(read("cpuid.coresPerSocket = \"-1\"\n").contains("<topology"));
    unreadable("numvcpus = \"8\"\ncpuid.coresPerSocket = \"3\"");
  }

  @Test
  void readsAPipeWithoutAFile() throws Exception {
    String pipe = read("serial0.present = \"true\"\nserial0.fileType = \"pipe\"\n");
    assertTrue(pipe.contains("<serial type='pipe'>"), pipe);
  }

  @Test
  void namesDisksOfWideControllersAsOfOldUnlessTheyShareOne() throws Exception {
    String disk =
        "scsi1.present = \"true\"\nscsi1:%1$s.present = \"true\"\n"
            + "scsi1:%1$s.fileName = \"x.vmdk\"\n";
    assertTrue(read(disk.formatted(16)).contains("<target dev='sdae' bus='scsi'/>"));
    String shared = disk.formatted(0) + disk.replace("scsi1", "scsi0").formatted(16);
    assertTrue(read(shared).contains("<target dev='sdbl' bus='scsi'/>"), read(shared));
  }

  @Test
  void knowsAnEncodingByItsOtherNames() throws Exception {
    String text = read(".encoding = \"utf8\"\nannotation = \"\u00e4\"\n");
    assertTrue(text.contains("<description>\u00e4</description>"), text);
  }

  @Test
  void writesNamesWithASlash() throws Exception {
    String xml = XML.formatted("").replace("a%c", "a/b");
    assertTrue(VmxWriter.write(xml, SITE).contains("displayName = \"a%2fb |22d|22\"\n"));
  }

  @Test
  void writesTheMemoryThatIsGivenWhereItIsRounded() throws Exception {
    String vmx = VmxWriter.write(XML.formatted(""), SITE);
    assertTrue(vmx.contains("memsize = \"8\"\n") && vmx.contains("sched.mem.max = \"6\"\n"), vmx);
    String reserved = "<memtune><min_guarantee>0</min_guarantee></memtune><os>";
    String none = XML.formatted("").replace("<os>", reserved);
    assertFalse(VmxWriter.write(none, SITE).contains("minsize"));
    String empty = none.replace(">0<", "><");
    VirtException e = assertThrows(VirtException.class, () -> VmxWriter.write(empty, SITE));
    assertTrue(e.getMessage().contains("memtune/min_guarantee"), e.getMessage());
  }
}
