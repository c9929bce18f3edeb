package org.virt.format.vmx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.format.vmx.VmxTexts.HEAD;
import static org.virt.format.vmx.VmxTexts.SITE;
import static org.virt.format.vmx.VmxTexts.refused;
import static org.virt.format.vmx.VmxTexts.write;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;

/** Disks and their controllers, both ways. */
class VmxDiskTest {
  private static String read(String entries) throws VirtException {
    return VmxReader.read(HEAD + "displayName = \"a\"\n" + entries, SITE);
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
  void countsWideUnitsOfScsiControllers() throws Exception {
    String disks =
        """
        scsi0.present = "true"
        scsi0:16.present = "true"
        scsi0:16.fileName = "w.vmdk"
        scsi1.present = "true"
        scsi1:0.present = "true"
        scsi1:0.fileName = "x.vmdk"
        """;
    String xml = read(disks);
    assertTrue(xml.contains("<target dev='sdp' bus='scsi'/>"), xml);
    assertTrue(xml.contains("controller='0' bus='0' target='0' unit='16'"), xml);
    assertTrue(xml.contains("<target dev='sdbl' bus='scsi'/>"), xml);
    String old = VmxReader.read(HEAD.replace("13", "10") + "displayName = \"a\"\n" + disks, SITE);
    assertTrue(!old.contains("w.vmdk") && old.contains("<target dev='sdp' bus='scsi'/>"), old);
  }

  @Test
  void addressesSataDisksAsLibvirtDoes() throws Exception {
    String xml =
        read(
            """
            sata1.present = "true"
            sata1:3.present = "true"
            sata1:3.deviceType = "disk"
            sata1:3.fileName = "x.vmdk"
            """);
    assertTrue(xml.contains("<target dev='sdah' bus='sata'/>"), xml);
    assertTrue(xml.contains("controller='5' bus='0' target='0' unit='3'"), xml);
    assertTrue(xml.contains("<controller type='sata' index='5'/>"), xml);
    String vmx = VmxWriter.write(xml, SITE);
    assertTrue(vmx.contains("sata1:3.fileName = \"/vmfs/volumes/ds 1/vm/x.vmdk\""), vmx);
  }

  @Test
  void refusesAnAddressThatIsNotThatOfTheName() {
    String disk =
        "<disk type='file' device='disk'><source file='[d] x.vmdk'/>"
            + "<target dev='sdb' bus='scsi'/>"
            + "<address type='drive' controller='0' bus='0' unit='0'/></disk>";
    assertTrue(refused(disk).contains("address/@unit: 0 does not match the name 'sdb'"));
  }

  @Test
  void leavesControllersWithoutDisksOut() throws Exception {
    String vmx = write("<controller type='scsi' index='0' model='buslogic'/>");
    assertTrue(!vmx.contains("scsi0"), vmx);
  }
}
