package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;

/** Options that few machines have, each as libvirt 9.0 writes it. */
class ArgvPartsTest {
  private static final int MAX_NODE_NAME = 31;

  private static String argv(String root, String devices) throws VirtException {
    String xml =
        "<domain type='qemu'><name>it</name><memory>262144</memory><vcpu>4</vcpu>"
            + "<os><type machine='pc-q35-7.2'>hvm</type></os>"
            + root
            + "<devices>"
            + devices
            + "</devices></domain>";
    return new QemuArgvFormat().toNative(xml);
  }

  private static void has(String argv, String... parts) {
    for (String part : parts) {
      assertTrue(argv.contains(part), () -> part + " is not in " + argv);
    }
  }

  @Test
  void tellsGuestsTheSpeedOfTheirMemory() throws Exception {
    String cells =
        "<cell id='0' cpus='0-3' memory='131072'>"
            + "<cache level='1' associativity='full' policy='writeback'>"
            + "<size value='1' unit='MiB'/><line value='64' unit='B'/></cache></cell>"
            + "<cell id='1' memory='131072'/>";
    String links =
        "<latency initiator='0' target='0' cache='1' type='read' value='4'/>"
            + "<latency initiator='0' target='1' type='access' value='9'/>"
            + "<bandwidth initiator='0' target='1' type='write' value='2' unit='MiB'/>";
    String numa =
        "<cpu><numa>" + cells + "<interconnects>" + links + "</interconnects></numa></cpu>";
    has(
        argv(numa, ""),
        "hmat=on",
        "node,nodeid=1,initiator=0,memdev=ram-node1",
        "hmat-lb,initiator=0,target=0,hierarchy=first-level,data-type=read-latency,latency=4",
        "hmat-lb,initiator=0,target=1,hierarchy=memory,data-type=access-latency,latency=9",
        "hmat-lb,initiator=0,target=1,hierarchy=memory,data-type=write-bandwidth,bandwidth=2048K",
        "hmat-cache,node-id=0,size=1024K,level=1,associativity=complex,policy=write-back,line=64");
  }

  @Test
  void keepsTheNameOfTheBoardsMemoryForWhatIsSaved() throws Exception {
    String memfd =
        "<memoryBacking><source type='memfd'/><allocation mode='immediate' threads='3'/>"
            + "</memoryBacking>";
    has(
        argv(memfd, ""),
        "\"x-use-canonical-path-for-ramblock-id\":false",
        "\"prealloc-threads\":3");
    assertFalse(argv("", "").contains("ramblock"), "memory that QEMU names itself");
  }

  @Test
  void keepsNoMemoryThatAGuestHasNotAskedFor() throws Exception {
    String root =
        "<maxMemory slots='4'>4194304</maxMemory>"
            + "<cpu><numa><cell cpus='0-3' memory='262144'/></numa></cpu>";
    String memory =
        "<memory model='virtio-mem'><target><size>1048576</size><node>0</node>"
            + "<block>2048</block><requested>0</requested></target></memory>";
    has(argv(root, memory), "\"reserve\":false");
  }

  @Test
  void namesTheImagesOfALongChain() throws Exception {
    StringBuilder chain = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      chain.append("<backingStore type='file'><format type='qcow2'/><source file='/b'/>");
    }
    chain.append("<backingStore/>").append("</backingStore>".repeat(20));
    String disk =
        "<disk type='file'><driver type='qcow2'/><source file='/a'/>%s<target dev='vda'/></disk>";
    String argv = argv("", disk.formatted(chain));
    Matcher names = Pattern.compile("\"node-name\":\"([^\"]*)\"").matcher(argv);
    int found = 0;
    while (names.find()) {
      assertTrue(names.group(1).length() <= MAX_NODE_NAME, names.group(1));
      found++;
    }
    assertEquals(42, found);
  }

  @Test
  void setsUpWhatIsBesideTheGuest() throws Exception {
    String root =
        "<defaultiothread thread_pool_min='4' thread_pool_max='12'/>"
            + "<features><acpi/><smm state='on'><tseg unit='MiB'>48</tseg></smm>"
            + "<tcg><tb-cache unit='MiB'>128</tb-cache></tcg></features>";
    has(
        argv(root, ""),
        "\"qom-type\":\"main-loop\",\"id\":\"main-loop\",\"thread-pool-min\":4,\"thread-pool-max\":12",
        "mch.extended-tseg-mbytes=48",
        "tcg,tb-size=128");
  }

  @Test
  void talksOverTheSerialLineFromTheBiosOn() throws Exception {
    String xml =
        "<domain type='qemu'><name>it</name><memory>262144</memory>"
            + "<os><type machine='pc-q35-7.2'>hvm</type><bootmenu enable='yes' timeout='3000'/>"
            + "<bios useserial='yes' rebootTimeout='5000'/></os>"
            + "<devices><serial type='pty'/></devices></domain>";
    has(
        new QemuArgvFormat().toNative(xml),
        "graphics=off",
        "menu=on,reboot-timeout=5000,splash-time=3000,strict=on");
  }

  @Test
  void givesADriveForFloppiesItsCacheAndItsPolicies() throws Exception {
    String floppy =
        "<disk type='file' device='floppy'>"
            + "<driver cache='directsync' error_policy='stop' rerror_policy='report'/>"
            + "<source file='/a'/><target dev='fda'/></disk>";
    has(argv("", floppy), "\"write-cache\":\"off\",\"werror\":\"stop\",\"rerror\":\"report\"");
    String alone = argv("", "<controller type='fdc' index='0'/>");
    assertFalse(alone.contains("isa-fdc"), "a floppy controller without a drive");
  }

  @Test
  void cachesNothingThatGuestsShare() throws Exception {
    String disk = "<disk type='file'><source file='/a'/><target dev='vda'/>%s</disk>";
    has(argv("", disk.formatted("<shareable/>")), "\"cache\":{\"direct\":true");
    assertFalse(argv("", disk.formatted("<shareable/><readonly/>")).contains("\"cache\""));
  }

  @Test
  void hasTheFirstUsbControllerBesideOthers() throws Exception {
    String second = argv("", "<controller type='usb' index='1' model='ehci'/>");
    has(
        second,
        "\"driver\":\"qemu-xhci\",\"id\":\"usb\"",
        "\"driver\":\"usb-ehci\",\"id\":\"usb1\"");
    String given = argv("", "<controller type='usb' index='0'/>");
    has(given, "\"driver\":\"piix3-usb-uhci\",\"id\":\"usb\"");
  }

  @Test
  void putsChannelsOnTheFirstController() throws Exception {
    String devices =
        "<controller type='virtio-serial' index='1'/>"
            + "<channel type='null'><target type='virtio' name='a'/></channel>";
    has(argv("", devices), "\"bus\":\"virtio-serial0.0\"");
  }

  @Test
  void countsDevicesBesideThoseWithANameOfTheirOwn() throws Exception {
    String fs = "<filesystem><source dir='/a'/><target dir='%s'/><alias name='%s'/></filesystem>";
    String argv = argv("", fs.formatted("x", "ua-x") + fs.formatted("y", ""));
    has(argv, "\"id\":\"ua-x\"", "\"id\":\"fs0\"");
  }

  @Test
  void ordersWhatWindowsGuestsAreTold() throws Exception {
    String hyperv =
        "<features><hyperv><synic state='on'/><vpindex state='on'/><relaxed state='on'/>"
            + "</hyperv></features>";
    has(argv(hyperv, ""), "hv-relaxed=on,hv-vpindex=on,hv-synic=on");
  }
}
