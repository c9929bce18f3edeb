package org.virt.driver.qemu.internal.argv;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.HostDefaults;

/** What libvirt 9.0 refuses of machines of QEMU, each by the path of what is wrong. */
class RefusalTest {
  /** Path, and the device or the part of the machine that is refused there. */
  private static final String CASES =
      """
      devices/disk/address/@type <disk><source file='/a'/><target dev='vda'/><address bus='0'/></disk>
      devices/disk/address/@bus <disk><source file='/a'/><target dev='sda'/><address type='drive' bus='0x0'/></disk>
      devices/disk/acpi <disk><source file='/a'/><target dev='sda'/><acpi index='5'/></disk>
      devices/interface/acpi/@index <interface type='user'><acpi index='0'/></interface>
      devices/interface/address/@type <interface type='user'><address type='unassigned'/></interface>
      devices/interface/address/@domain <interface type='user'><address type='pci' domain='1' slot='5'/></interface>
      devices/hostdev/rom <hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source><rom bar='off'/></hostdev>
      devices/disk/@device <disk rawio='no'><source file='/a'/><target dev='vda'/></disk>
      devices/disk/target/@dev <disk><source file='/a'/><target dev='vda1'/></disk>
      devices/disk/target/@dev <disk><source file='/a'/><target dev='fda' bus='virtio'/></disk>
      devices/disk/target/@bus <disk device='floppy'><source file='/a'/><target dev='sda' bus='usb'/></disk>
      devices/disk/target/@rotation_rate <disk device='cdrom'><source file='/a'/><target dev='sda' rotation_rate='5400'/></disk>
      devices/disk/geometry/@trans <disk><source file='/a'/><target dev='vda'/><geometry cyls='9' heads='9' secs='9' trans='lba'/></disk>
      devices/disk/geometry <disk><source file='/a'/><target dev='sda' bus='usb'/><geometry cyls='9' heads='9' secs='9'/></disk>
      devices/disk/transient/@shareBacking <disk><source file='/a'/><target dev='sda' bus='sata'/><transient shareBacking='yes'/></disk>
      devices/disk/transient <disk device='floppy'><source file='/a'/><target dev='fda'/><transient/></disk>
      devices/disk/driver/@copy_on_read <disk device='lun' type='block'><driver copy_on_read='on'/><source dev='/a'/><target dev='vda'/></disk>
      devices/disk/driver/@io <disk><driver io='native'/><source file='/a'/><target dev='vda'/></disk>
      devices/disk/driver/@type <disk><driver type='luks'/><source file='/a'/><target dev='vda'/></disk>
      devices/disk/driver/@type <disk><driver type='fat'/><source file='/a'/><target dev='vda'/><readonly/></disk>
      devices/disk/iotune/group_name <disk><source file='/a'/><target dev='vda'/><iotune><group_name>g</group_name></iotune></disk>
      devices/disk/source/@startupPolicy <disk type='network'><source protocol='nbd' startupPolicy='optional'><host name='h'/></source><target dev='vda'/></disk>
      devices/disk/source/slices <disk type='block' device='lun'><source dev='/a'><slices><slice type='storage' offset='0' size='512'/></slices></source><target dev='vda'/></disk>
      devices/disk/source/reservations/@managed <disk type='block' device='lun'><source dev='/a'><reservations/></source><target dev='sda'/></disk>
      devices/disk/source/reservations/source <disk type='block' device='lun'><source dev='/a'><reservations managed='no'><source type='unix' path='/p' mode='server'/></reservations></source><target dev='sda'/></disk>
      devices/disk/source/@name <disk type='network'><source protocol='ssh'><host name='h'/></source><target dev='vda'/></disk>
      devices/disk/source/@protocol <disk type='network'><source protocol='tftp' name='a'><host name='h'/></source><target dev='vda'/></disk>
      devices/disk/source/host/@port <disk type='network'><source protocol='nfs' name='/a'><host name='h' port='7'/></source><target dev='vda'/></disk>
      devices/disk/source/host[2] <disk type='network'><source protocol='http' name='a'><host name='h'/><host name='i'/></source><target dev='vda'/></disk>
      devices/disk/source/host/@transport <disk type='network'><source protocol='nbd'><host name='h' transport='rdma'/></source><target dev='vda'/></disk>
      devices/disk/source/@tls <disk type='network'><source protocol='ssh' name='/a' tls='yes'><host name='h'/></source><target dev='vda'/></disk>
      devices/disk/source/auth <disk type='network'><source protocol='nbd'><host name='h'/><auth username='u'><secret type='iscsi' usage='x'/></auth></source><target dev='vda'/></disk>
      devices/disk/backingStore/format/@type <disk><driver type='qcow2'/><source file='/a'/><target dev='vda'/><backingStore type='file'><source file='/b'/></backingStore></disk>
      devices/disk/backingStore/source <disk><driver type='qcow2'/><source file='/a'/><target dev='vda'/><backingStore type='file'><format type='raw'/></backingStore></disk>
      devices/disk/backingStore <disk><source file='/a'/><target dev='vda'/><backingStore type='file'><format type='raw'/><source file='/b'/></backingStore></disk>
      devices/disk/source/encryption/@format <disk><source file='/a'><encryption format='luks2'><secret type='passphrase' usage='x'/></encryption></source><target dev='vda'/></disk>
      devices/disk/source/encryption/@engine <disk><source file='/a'><encryption format='luks' engine='librbd'><secret type='passphrase' usage='x'/></encryption></source><target dev='vda'/></disk>
      devices/disk/source/encryption/cipher <disk><source file='/a'><encryption format='luks'><secret type='passphrase' usage='x'/><cipher name='aes'/></encryption></source><target dev='vda'/></disk>
      devices/disk/source/encryption/secret <disk><source file='/a'><encryption format='luks'><secret type='passphrase'/></encryption></source><target dev='vda'/></disk>
      devices/disk/source/encryption <disk><driver type='vmdk'/><source file='/a'><encryption format='luks'><secret type='passphrase' usage='x'/></encryption></source><target dev='vda'/></disk>
      devices/controller[1]/@model <controller type='sata' index='0' model='ahci'/>
      devices/controller[1]/@index <controller type='fdc' index='1'/>
      devices/controller[1]/master <controller type='usb' index='0' model='piix3-uhci'><master startport='0'/></controller>
      devices/controller[1]/@index <controller type='usb' index='0' model='ich9-ehci1'/><controller type='usb' index='0' model='ich9-ehci1'/>
      devices/controller[1]/address/@type <controller type='scsi' index='0' model='lsilogic'><address type='drive'/></controller>
      devices/interface/ip <interface type='bridge'><source bridge='b'/><ip address='10.0.0.2'/></interface>
      devices/interface/source/ip <interface type='bridge'><source bridge='b'><ip address='10.0.0.2'/></source></interface>
      devices/interface/source/route/@address <interface type='ethernet'><source><route address='10.0.0.7' prefix='24' gateway='10.0.0.1'/></source></interface>
      devices/interface/source/route/@gateway <interface type='ethernet'><source><route address='10.0.0.0' prefix='24'/></source></interface>
      devices/interface/source/route/@netmask <interface type='ethernet'><source><route address='10.0.0.0' netmask='odd' gateway='10.0.0.1'/></source></interface>
      devices/interface/portForward/@address <interface type='user'><portForward proto='tcp' address='odd'/></interface>
      devices/interface/portForward/@proto <interface type='user'><portForward/></interface>
      devices/interface/bandwidth/@classID <interface type='bridge'><source bridge='b'/><bandwidth classID='3'><inbound average='5'/></bandwidth></interface>
      devices/interface/coalesce <interface type='ethernet'><coalesce><rx><frames max='3'/></rx></coalesce></interface>
      devices/interface/driver/@name <interface type='user'><model type='virtio'/><driver name='kvm'/></interface>
      devices/interface/model/@type <interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/><model type='e1000'/></interface>
      devices/interface/mtu/@size <interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/><mtu size='1400'/></interface>
      devices/interface/teaming/@type <interface type='user'><model type='virtio'/><teaming type='transient' persistent='ua-x'/></interface>
      devices/hostdev/teaming <hostdev mode='subsystem' type='pci'><source><address bus='6'/></source><teaming type='persistent'/></hostdev>
      devices/hostdev/source/@startupPolicy <hostdev mode='subsystem' type='pci'><source startupPolicy='optional'><address bus='6'/></source></hostdev>
      devices/hostdev/source/@writeFiltering <hostdev mode='subsystem' type='pci'><source writeFiltering='yes'><address bus='6'/></source></hostdev>
      devices/hostdev/source/@protocol <hostdev mode='subsystem' type='scsi_host'><source wwpn='naa.5123456789abcde0'/></hostdev>
      devices/hostdev/boot <hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='7f8b1f6e-6d3d-4b9b-93b6-111111111111'/></source><boot order='1'/></hostdev>
      devices/console/@type <console type='spicevmc'><target type='serial'/></console>
      devices/channel/source <channel type='pty'><source path='/a'/><source path='/b'/><target type='virtio' name='x'/></channel>
      devices/serial/target/@port <serial type='pty'><target port='0x1'/></serial>
      devices/smartcard <smartcard mode='host'><address type='ccid' controller='0' slot='1'/></smartcard>
      devices/smartcard/address/@type <smartcard mode='host'><address type='usb' controller='0' slot='0'/></smartcard>
      devices/audio/@type <audio id='1' type='spice'/>
      devices/audio/input/settings <audio id='1' type='none'><input mixingEngine='yes'><settings frequency='44100'/></input></audio>
      devices/audio/output/@fixedSettings <audio id='1' type='none'><output mixingEngine='no' fixedSettings='yes'><settings channels='1'/></output></audio>
      devices/audio/output/@voices <audio id='1' type='none'><output voices='0'/></audio>
      devices/graphics/audio/@id <graphics type='vnc'><audio id='4'/></graphics><audio id='1' type='none'/>
      devices/graphics/listen/@type <graphics type='vnc'><listen address='0.0.0.0'/></graphics>
      devices/video/model/acceleration <video><model type='virtio'><acceleration/></model></video>
      devices/video/model/acceleration/@accel2d <video><model type='virtio'><acceleration accel2d='yes'/></model></video>
      devices/video/model/acceleration/@rendernode <video><model type='virtio'><acceleration accel3d='yes' rendernode='/x'/></model></video>
      devices/video/model/@vgamem <video><model type='qxl' vgamem='512'/></video>
      defaultiothread/@thread_pool_min <defaultiothread thread_pool_min='5' thread_pool_max='3'/>
      devices/disk/source/host/@name <disk type='network'><source protocol='nbd'><host port='7'/></source><target dev='vda'/></disk>
      devices/disk/source/@tlsHostname <disk type='network'><source protocol='ssh' name='/a' tlsHostname='x'><host name='h'/></source><target dev='vda'/></disk>
      devices/disk/source/cookies/cookie[2]/@name <disk type='network'><source protocol='http' name='a'><host name='h'/><cookies><cookie name='a'>b</cookie><cookie name='a'>c</cookie></cookies></source><target dev='vda'/></disk>
      devices/disk/source/@name <disk type='network'><source protocol='rbd' name='image'/><target dev='vda'/></disk>
      devices/hostdev/source/address/@bus <hostdev mode='subsystem' type='pci'><source><address bus='0x100'/></source></hostdev>
      devices/hostdev/source/address/@device <hostdev mode='subsystem' type='usb'><source><address bus='1'/></source></hostdev>
      devices/hostdev/source/address/@unit <hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' target='0' unit='0x1'/></source></hostdev>
      devices/hostdev/source/host <hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.a:b'><host name='a'/><host name='b'/></source></hostdev>
      devices/hostdev/source/auth/@username <hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.a:b'><host name='a'/><auth><secret type='iscsi' usage='u'/></auth></source></hostdev>
      devices/controller[1]/address <controller type='usb' index='0' model='piix3-uhci'><address type='pci' slot='5'/></controller>
      devices/controller[1]/model/@name <controller type='pci' index='0' model='pci-root'><model name='pxb'/></controller>
      devices/controller[2]/target/node <controller type='pci' index='0' model='pci-root'/><controller type='pci' index='1' model='pci-bridge'><target><node>3</node></target></controller>
      devices/graphics/listen/@socket <graphics type='vnc'><listen type='address' socket='/s'/></graphics>
      devices/interface/virtualport/@type <interface type='bridge'><source bridge='b'/><virtualport><parameters interfaceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport></interface>
      devices/interface/portForward/range/@start <interface type='user'><portForward proto='tcp'><range start='odd'/></portForward></interface>
      devices/console/target/@port <console type='pty'><target type='virtio' port='0x1'/></console>
      devices/tpm/backend/active_pcr_banks <tpm model='tpm-tis'><backend type='emulator' version='1.2'><active_pcr_banks><sha256/></active_pcr_banks></backend></tpm>
      devices/filesystem/space_hard_limit/@unit <filesystem><source dir='/a'/><target dir='b'/><space_hard_limit unit='odd'>1</space_hard_limit></filesystem>
      devices/lease/key <lease><lockspace>l</lockspace><target path='/x'/></lease>
      memtune/min_guarantee <memtune><min_guarantee>5</min_guarantee></memtune>
      idmap <idmap><uid start='0' target='5' count='3'/></idmap>
      seclabel/@relabel <seclabel type='none' relabel='yes'/>
      cpu/cache/@level <cpu mode='custom'><model>qemu64</model><cache mode='emulate'/></cpu>
      devices/graphics/listen/@network <graphics type='vnc'><listen type='address' network='n'/></graphics>
      devices/disk/@sgio <disk type='block' device='lun' sgio='unfiltered'><source dev='/a'/><target dev='sda'/></disk>
      devices/watchdog/address/@type <watchdog model='i6300esb'><address type='isa'/></watchdog>
      devices/controller[1]/@model <controller type='usb' index='0' model='default'/>
      devices/controller[1]/@model <controller type='usb' index='0' model='vt82c686b-uhci'/>
      defaultiothread/@thread_pool_min <defaultiothread thread_pool_min='5'/>
      devices/disk/source/@name <disk type='network'><source protocol='iscsi' name='iqn.a:b/odd'><host name='h'/></source><target dev='vda'/></disk>
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
      devices/disk/driver/@type <disk><driver type='cow'/><source file='/a'/><target dev='vda'/></disk>
      devices/disk/driver/@io <disk><driver io='native' cache='writeback'/><source file='/a'/><target dev='vda'/></disk>
      devices/disk/source/@protocol <disk type='network'><source name='x'/><target dev='vda'/></disk>
      devices/disk/source/@name <disk type='network'><source protocol='gluster' name='x'><host name='a'/></source><target dev='vda'/></disk>
      devices/controller[1] <controller type='ide' index='1'/>
      devices/controller[1]/@type <controller type='isa'/>
      devices/interface/mtu/@size <interface type='user'><mtu size='1400'/></interface>
      devices/interface/driver/@iommu <interface type='user'><model type='e1000'/><driver iommu='on'/></interface>
      devices/interface/bandwidth/inbound/@floor <interface type='bridge'><source bridge='b'/><bandwidth><inbound average='5' floor='2'/></bandwidth></interface>
      devices/parallel/@type <parallel type='odd'/>
      devices/console/source/@mode <serial type='unix'><source mode='odd' path='/x'/></serial>
      devices/serial/target/@port <serial type='pty'><target port='odd'/></serial>
      devices/console/source/@host <serial type='tcp'><source mode='bind' service='1'/></serial>
      devices/console/target/@type <console type='pty'><target type='sclp'/></console>
      devices/console/target/@type <console type='pty'><target type='xen'/></console>
      devices/redirdev/@type <redirdev bus='usb'/>
      devices/redirfilter/usbdev/@version <redirfilter><usbdev version='odd' allow='yes'/></redirfilter>
      devices/rng/backend/@type <rng model='virtio'><backend model='egd'/></rng>
      devices/graphics/@type <graphics type='rdp'/>
      devices/tpm/@model <tpm model='tpm-spapr'><backend type='passthrough'/></tpm>
      devices/tpm/backend/source/@type <tpm><backend type='external'/></tpm>
      devices/iommu/@model <iommu model='smmuv3'/>
      blkiotune/device/path <blkiotune><device><weight>500</weight></device></blkiotune>
      blkiotune/device[2]/path <blkiotune><device><path>/x</path></device><device><path>/x</path></device></blkiotune>
      perf/event[2]/@name <perf><event name='cmt' enabled='yes'/><event name='cmt' enabled='no'/></perf>
      vcpus <vcpu>2</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/><vcpu id='1' enabled='yes' hotpluggable='yes'/></vcpus>
      vcpus/vcpu[2] <vcpu>3</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/><vcpu id='2' enabled='yes' hotpluggable='no'/></vcpus>
      clock/timer/@tickpolicy <clock><timer name='kvmclock' tickpolicy='delay'/></clock>
      clock/timer/@tickpolicy <clock><timer name='rtc' tickpolicy='merge'/></clock>
      clock/timer/@name <clock><timer name='armvtimer'/></clock>
      clock/@start <clock offset='absolute'/>
      launchSecurity/@type <launchSecurity type='s390-pv'/>
      on_reboot <on_reboot>preserve</on_reboot>
      on_poweroff <on_poweroff>restart</on_poweroff><on_reboot>destroy</on_reboot>
      devices/video/address <controller type='ide' index='0'/><disk><source file='/a'/><target dev='hda' bus='ide'/></disk><video><model type='cirrus'/><address type='pci' bus='0' slot='1' function='1'/></video>
      devices/interface/address/@domain <interface type='user'><address type='pci' domain='1' bus='0' slot='9'/></interface>
      devices/channel/source/reconnect <channel type='unix'><source mode='bind' path='/x'><reconnect enabled='no'/></source><target type='virtio' name='x'/></channel>
      devices/parallel/source/@path <parallel type='unix'><source mode='bind'/></parallel>
      devices/video[2]/model/@type <video><model type='vga'/></video><video><model type='bochs'/></video>
      cputune/memorytune/node[2] <cputune><memorytune vcpus='0'><node id='0' bandwidth='20'/><node id='0' bandwidth='30'/></memorytune></cputune>
      cputune/memorytune <cputune><memorytune vcpus='0'><node id='0' bandwidth='20'/></memorytune></cputune>
      cputune/vcpusched/@vcpus <cputune><vcpusched vcpus='9' scheduler='fifo' priority='1'/></cputune>
      numatune/memnode[2]/@cellid <cpu><numa><cell cpus='0' memory='65536'/></numa></cpu><numatune><memnode cellid='0' mode='strict' nodeset='0'/><memnode cellid='0' mode='strict' nodeset='0'/></numatune>
      numatune/memnode <cpu><numa><cell cpus='0' memory='65536'/></numa></cpu><numatune><memory mode='strict' placement='auto'/><memnode cellid='0' mode='strict' nodeset='0'/></numatune>
      memoryBacking/hugepages/page[2]/@nodeset <vcpu>2</vcpu><cpu><numa><cell cpus='0' memory='32768'/><cell cpus='1' memory='32768'/></numa></cpu><memoryBacking><hugepages><page size='2048' nodeset='0'/><page size='1048576' nodeset='0-1'/></hugepages></memoryBacking>
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
      qemu:commandline/qemu:env/@name <q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:env name='1A' value='b'/></q:commandline>
      qemu:commandline/qemu:env/@name <q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:env value='b'/></q:commandline>
      vcpu <vcpu>300</vcpu>
      """;

  /** Architecture, machine type, path, and what is refused there. */
  private static final String ELSEWHERE =
      """
      aarch64 virt features/acpi <features><acpi/></features>
      aarch64 virt features/pvspinlock <features><pvspinlock/></features>
      aarch64 virt genid <genid/>
      aarch64 virt cpu/cache <cpu><cache mode='emulate'/></cpu>
      aarch64 virt devices/tpm/@model <devices><tpm model='tpm-crb'><backend type='passthrough'/></tpm></devices>
      aarch64 virt launchSecurity/@type <launchSecurity type='sev'><policy>1</policy></launchSecurity>
      riscv64 virt features/gic <features><gic version='2'/></features>
      riscv64 virt features/hyperv <features><hyperv><relaxed state='on'/></hyperv></features>
      riscv64 virt cpu/@mode <cpu mode='maximum'/>
      riscv64 virt devices/iommu/@model <devices><iommu model='smmuv3'/></devices>
      ppc64 pseries features/vmcoreinfo <features><vmcoreinfo/></features>
      ppc64 pseries devices/controller[1]/target/@index <devices><controller type='pci' model='pci-root' index='0'><target index='3'/></controller></devices>
      ppc64 pseries devices/serial[1]/address/@reg <devices><serial type='pty'><address type='spapr-vio' reg='0x30000000'/></serial><serial type='pty'><address type='spapr-vio' reg='0x30000000'/></serial></devices>
      ppc64 pseries devices/video/model/@type <devices><video><model type='ramfb'/></video></devices>
      s390x s390-ccw-virtio devices/video/model/@type <devices><video><model type='vga'/></video></devices>
      s390x s390-ccw-virtio devices/controller/@type <devices><controller type='sata' index='0'/></devices>
      s390x s390-ccw-virtio devices/shmem/model/@type <devices><shmem name='a'><model type='ivshmem-plain'/></shmem></devices>
      s390x s390-ccw-virtio devices/memballoon/address/@ssid <devices><memballoon model='virtio'><address type='ccw' cssid='0xfe' ssid='0x9' devno='0x1'/></memballoon></devices>
      s390x s390-ccw-virtio devices/memballoon/address/@ssid <devices><memballoon model='virtio'><address type='ccw' cssid='0xfe'/></memballoon></devices>
      """;

  @TestFactory
  Stream<DynamicTest> refusesOnOtherArchitectures() {
    return ELSEWHERE
        .lines()
        .map(line -> line.split(" ", 4))
        .map(c -> DynamicTest.dynamicTest(c[0] + " " + c[3], () -> refused(c)));
  }

  private static void refused(String[] words) {
    String xml =
        "<domain type='qemu'><name>it</name><memory>65536</memory><os><type arch='%s' machine='%s'>hvm</type></os>%s</domain>"
            .formatted(words[0], words[1], words[3]);
    VirtException e =
        assertThrows(VirtException.class, () -> Completion.run(xml, HostDefaults.NONE));
    assertTrue(e.getMessage().contains("/domain/" + words[2] + ": "), e.getMessage());
  }

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
