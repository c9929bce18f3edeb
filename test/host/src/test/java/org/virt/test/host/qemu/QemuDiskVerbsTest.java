package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.domain.StatisticsVerbs;

/** Disks of machines that run: plugged in and out, changed, and jobs on them. */
class QemuDiskVerbsTest extends QemuFixture {
  @Test
  void plugsDisksInAndOut() throws Exception {
    define("a", "<controller type='scsi' index='0' model='virtio-scsi'/><serial type='pty'/>");
    connection.start(id);
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    String one = disk(image("one.qcow2", "qcow2"), "sda", "scsi");
    String two = disk(image("two", "raw"), "sdb", "scsi");
    String virtio = disk(image("three", "raw"), "vda", "virtio");
    devices.attachDevice(one, Affects.LIVE_AND_CONFIG);
    devices.attachDevice(two, Affects.LIVE);
    devices.attachDevice(virtio, Affects.LIVE);
    assertTrue(monitor("info block").contains("three"), monitor("info block"));
    assertTrue(live().contains("<alias name='virtio-disk0'/>"), live());
    assertTrue(kept().contains("one.qcow2") && !kept().contains("/two"));
    assertEquals(2, live().split("<console ", -1).length, live());
    String told = fails(ErrorCode.OPERATION_FAILED, () -> devices.attachDevice(two, Affects.LIVE));
    assertTrue(told.contains("target sdb already exists"), told);
    devices.detachDevice(one, Affects.LIVE);
    assertFalse(live().contains("one.qcow2"));
    assertFalse(monitor("info block -n").contains("one.qcow2"), monitor("info block -n"));
    devices.attachDevice(one, Affects.LIVE);
    restartDriver();
    assertTrue(live().contains("one.qcow2") && live().contains("/two"));
    StatisticsVerbs stats = verbs(StatisticsVerbs.class);
    assertEquals(4 << 20, stats.blockInfo("sda").capacity());
    assertTrue(stats.blockStats("vda").number("rd_bytes").isPresent());
  }

  /** A disk on a bus that the machine has not got brings the bus along, as with libvirt. */
  @Test
  void plugsInTheControllerThatADiskNeeds() throws Exception {
    define("a", "");
    connection.start(id);
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    devices.attachDevice(disk(image("one", "raw"), "sdb", "scsi"), Affects.LIVE);
    devices.attachDevice(disk(image("two", "raw"), "sda", "scsi"), Affects.LIVE);
    assertEquals(2, live().split("<controller type='scsi'", -1).length, live());
    assertTrue(monitor("info block").contains("one"), monitor("info block"));
    assertTrue(live().indexOf("<target dev='sda'") < live().indexOf("<target dev='sdb'"), live());
  }

  @Test
  void leavesNothingOfADeviceThatQemuRefuses() throws Exception {
    define("a", "");
    connection.start(id);
    String before = live();
    String missing = disk(Path.of("/does/not/exist"), "vda", "virtio");
    fails(
        ErrorCode.OPERATION_FAILED,
        () -> verbs(DeviceVerbs.class).attachDevice(missing, Affects.LIVE));
    assertEquals(before, live());
    assertEquals("", monitor("info block -n").strip());
  }

  @Test
  void changesMedia() throws Exception {
    Path disc = image("disc", "raw");
    define(
        "a",
        "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
            + "<target dev='hda' bus='ide'/></disk>");
    connection.start(id);
    String full =
        "<disk type='file' device='cdrom'><source file='"
            + disc
            + "'/><target dev='hda' bus='ide'/></disk>";
    DeviceVerbs devices = verbs(DeviceVerbs.class);
    devices.updateDevice(full, Affects.LIVE, Force.NO);
    assertTrue(live().contains("<source file='" + disc + "'/>"), live());
    assertTrue(monitor("info block").contains(disc.toString()));
    String empty = full.replaceFirst("<source[^>]*>", "");
    devices.updateDevice(empty, Affects.LIVE, Force.NO);
    assertFalse(live().contains(disc.toString()));
    assertFalse(monitor("info block -n").contains(disc.toString()), monitor("info block -n"));
  }
}
