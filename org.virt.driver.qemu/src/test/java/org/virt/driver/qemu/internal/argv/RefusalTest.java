package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.VirtException;

/** What libvirt 9.0 refuses of machines of QEMU, each by the path of what is wrong. */
class RefusalTest {
  /** Path, and the device or the part of the machine that is refused there. */
  private static final String CASES =
      """
      devices/disk/driver/@cache <disk><driver cache='odd'/><source file='/a'/><target dev='vda'/></disk>
      devices/disk/readonly <disk><source file='/a'/><target dev='hda' bus='ide'/><readonly/></disk>
      devices/disk/driver/@iommu <disk><driver iommu='on'/><source file='/a'/><target dev='hda' bus='ide'/></disk>
      devices/disk/transient <disk type='block'><source dev='/a'/><target dev='vda'/><transient/></disk>
      devices/disk/source/host/@socket <disk type='network'><source protocol='nbd'><host transport='unix'/></source><target dev='vda'/></disk>
      devices/disk/encryption/secret <disk><source file='/a'/><target dev='vda'/><encryption format='luks'/></disk>
      devices/disk/iotune/total_iops_sec <disk><source file='/a'/><target dev='vda'/><iotune><total_iops_sec>1000000000000001</total_iops_sec></iotune></disk>
      devices/controller[2]/target/@chassisNr <controller type='pci' index='0'/><controller type='pci' index='1' model='pci-bridge'><target chassisNr='300'/></controller>
      devices/controller[1]/driver/@queues <controller type='scsi' model='lsilogic'><driver queues='2'/></controller>
      devices/controller[1]/@index <controller type='usb' index='0' model='ehci'/><controller type='usb' index='0' model='piix3-uhci'/>
      devices/interface/mtu/@size <interface type='direct'><source dev='e'/><mtu size='1400'/></interface>
      devices/interface/ip/@address <interface type='user'><ip address='1.2.3' family='ipv4'/></interface>
      devices/interface/vlan/tag/@id <interface type='direct'><source dev='e' mode='passthrough'/><vlan><tag id='5000'/></vlan></interface>
      devices/interface/source/@mode <interface type='direct'><source dev='e' mode='odd'/></interface>
      devices/interface/virtualport <interface type='user'><virtualport type='openvswitch'/></interface>
      devices/interface/bandwidth/outbound/@floor <interface type='bridge'><source bridge='b'/><bandwidth><outbound average='5' floor='7'/></bandwidth></interface>
      devices/interface/teaming/@persistent <interface type='user'><model type='virtio'/><teaming type='transient'/></interface>
      devices/interface/source/reconnect <interface type='vhostuser'><source type='unix' path='/x' mode='server'><reconnect enabled='yes' timeout='3'/></source><model type='virtio'/></interface>
      devices/console/@type <serial type='spiceport'><source channel='x'/></serial>
      devices/console/source/@service <serial type='udp'><source mode='bind' host='h'/></serial>
      devices/serial/address/@type <serial type='pty'><target type='isa-serial'/><address type='pci' slot='5'/></serial>
      devices/channel/address/@port <controller type='virtio-serial' index='0' ports='2'/><channel type='pty'><target type='virtio' name='x'/><address type='virtio-serial' controller='0' bus='0' port='5'/></channel>
      devices/channel/target/@address <channel type='pty'><target type='guestfwd' address='fd00::1' port='4'/></channel>
      devices/graphics/gl/@enable <graphics type='spice'><listen type='none'/><gl rendernode='/x'/></graphics>
      devices/graphics/@websocket <graphics type='vnc' websocket='odd'/>
      devices/video/model/@vgamem <video><model type='virtio' vgamem='16384'/></video>
      devices/video/driver/@name <video><driver name='vhostuser'/><model type='vga'/></video>
      devices/input[1]/@bus <input type='passthrough' bus='usb'><source evdev='/x'/></input>
      devices/hostdev/source <hostdev mode='subsystem' type='usb'><source/></hostdev>
      devices/hostdev/@sgio <hostdev mode='subsystem' type='scsi' sgio='odd'><source><adapter name='scsi_host0'/><address bus='0' target='0' unit='0'/></source></hostdev>
      devices/hostdev/address/@type <hostdev mode='subsystem' type='pci'><source><address bus='6'/></source><address type='usb' bus='0'/></hostdev>
      devices/filesystem/@accessmode <filesystem fmode='0644'><source dir='/a'/><target dir='b'/></filesystem>
      devices/memballoon/address/@type <memballoon model='virtio'><address type='usb' bus='0'/></memballoon>
      devices/vsock[1] <vsock model='virtio'><cid auto='yes'/></vsock><vsock model='virtio'><cid auto='yes'/></vsock>
      devices/redirfilter[1] <redirfilter><usbdev allow='yes'/></redirfilter><redirfilter><usbdev allow='yes'/></redirfilter>
      devices/audio[2]/@id <audio id='1' type='none'/><audio id='1' type='none'/>
      devices/shmem/@name <shmem name='a/b'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>
      features/lamp <features><lamp/></features>
      features/hyperv/lamp <features><hyperv><lamp state='on'/></hyperv></features>
      features/kvm/dirty-ring/@size <features><kvm><dirty-ring state='on' size='100'/></kvm></features>
      cpu/feature[2]/@name <cpu mode='custom'><model>qemu64</model><feature name='vme'/><feature name='vme'/></cpu>
      cpu/maxphysaddr/@bits <cpu mode='custom'><model>qemu64</model><maxphysaddr mode='emulate'/></cpu>
      cpu/numa/cell[1]/distances/sibling[2]/@value <cpu><numa><cell cpus='0' memory='32768'><distances><sibling id='1' value='300'/></distances></cell><cell memory='32768'/></numa></cpu>
      cpu/numa/interconnects/latency/@target <cpu><numa><cell cpus='0' memory='65536'/><interconnects><latency initiator='0' target='7' type='access' value='5'/></interconnects></numa></cpu>
      clock/@timezone <clock offset='timezone'/>
      clock/timer/catchup <clock offset='utc'><timer name='pit' tickpolicy='delay'><catchup limit='5'/></timer></clock>
      cputune/quota <cputune><quota>5</quota></cputune>
      cputune/vcpusched/@priority <cputune><vcpusched vcpus='0' scheduler='fifo'/></cputune>
      memoryBacking/hugepages <memoryBacking><hugepages/><source type='anonymous'/></memoryBacking>
      numatune/memory/@nodeset <numatune><memory mode='strict' nodeset='900'/></numatune>
      sysinfo/entry/@name <sysinfo type='fwcfg'><entry name='etc/x'>v</entry></sysinfo>
      on_poweroff <on_poweroff>rename-restart</on_poweroff>
      genid <genid>odd</genid>
      vcpu <vcpu>300</vcpu>
      """;

  @TestFactory
  Stream<DynamicTest> refuses() {
    return CASES
        .lines()
        .map(line -> line.split(" ", 2))
        .map(c -> DynamicTest.dynamicTest(c[0] + " " + c[1], () -> refused(c[0], c[1])));
  }

  private static void refused(String path, String part) {
    boolean device = path.startsWith("devices/");
    String xml =
        "<domain type='qemu'><name>it</name><memory>65536</memory>"
            + "<os><type machine='pc'>hvm</type></os>"
            + (device ? "<devices>" + part + "</devices>" : part)
            + "</domain>";
    VirtException e = assertThrows(VirtException.class, () -> new QemuArgvFormat().toNative(xml));
    assertTrue(e.getMessage().contains("/domain/" + path + ": "), e.getMessage());
  }
}
