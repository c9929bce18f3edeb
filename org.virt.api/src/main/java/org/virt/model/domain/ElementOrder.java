package org.virt.model.domain;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.xml.XmlElement;

/**
 * The order in which libvirt prints the elements within an element, by the name of that element or
 * by its parent's and its own. {@code *} stands for any that is not named; it is at the end of what
 * has none.
 */
final class ElementOrder {
  private static final String END = " * boot alias master rom acpi address";

  private static final String TABLE =
      """
      domain: name uuid genid title description metadata maxMemory memory currentMemory blkiotune\
       memtune memoryBacking vcpu vcpus iothreads iothreadids defaultiothread cputune numatune\
       resource sysinfo bootloader bootloader_args os idmap features cpu clock on_poweroff\
       on_reboot on_crash on_lockfailure pm perf devices seclabel * keywrap launchSecurity
      os: type firmware loader nvram kernel initrd cmdline dtb acpi init initarg initenv initdir\
       inituser initgroup boot bootmenu bios smbios
      features: acpi apic pae hap viridian privnet hyperv kvm pvspinlock capabilities pmu vmport\
       gic smm ioapic hpt vmcoreinfo htm nested-hv msrs ccf-assist xen cfpc sbbc ibs tcg\
       async-teardown
      hyperv: relaxed vapic spinlocks vpindex runtime synic stimer reset vendor_id frequencies\
       reenlightenment tlbflush ipi evmcs avic
      features/kvm: hidden hint-dedicated poll-control pv-ipi dirty-ring
      cpu: model vendor topology cache maxphysaddr feature numa
      numa: cell interconnects
      cell: distances cache
      blkiotune: weight device
      blkiotune/device: path weight read_iops_sec write_iops_sec read_bytes_sec write_bytes_sec
      memtune: hard_limit soft_limit min_guarantee swap_hard_limit
      memoryBacking: hugepages nosharepages locked source access allocation discard
      cputune: shares period quota global_period global_quota emulator_period emulator_quota\
       iothread_period iothread_quota vcpupin emulatorpin iothreadpin vcpusched iothreadsched\
       emulatorsched cachetune memorytune
      numatune: memory memnode
      memory/source: nodemask pagesize path alignsize pmem
      pm: suspend-to-mem suspend-to-disk
      devices: emulator disk controller lease filesystem interface smartcard serial parallel\
       console channel input tpm graphics sound audio video hostdev redirdev redirfilter hub\
       watchdog memballoon rng nvram panic shmem memory crypto iommu vsock
      iotune: total_bytes_sec read_bytes_sec write_bytes_sec total_iops_sec read_iops_sec\
       write_iops_sec total_bytes_sec_max read_bytes_sec_max write_bytes_sec_max\
       total_iops_sec_max read_iops_sec_max write_iops_sec_max size_iops_sec group_name\
       total_bytes_sec_max_length read_bytes_sec_max_length write_bytes_sec_max_length\
       total_iops_sec_max_length read_iops_sec_max_length write_iops_sec_max_length
      channel/source: clipboard mouse
      spice: listen channel image jpeg zlib playback streaming mouse clipboard filetransfer gl
      sound: codec audio
      audio: input output
      model: acceleration resolution
      target: size node label block requested current readonly
      seclabel: label baselabel imagelabel
      sysinfo: bios system baseBoard chassis oemStrings
      launchSecurity: cbitpos reducedPhysBits policy dhCert session
      disk/source: host snapshot config address slices auth encryption reservations initiator ssl cookies\
       readahead timeout
      nvram/source: host snapshot config address slices auth encryption reservations initiator ssl cookies\
       readahead timeout
      backingStore: format source backingStore
      """;

  private static final String DEVICES =
      """
      disk: driver auth source mirror backingStore backenddomain geometry blockio target iotune\
       readonly shareable transient serial wwn vendor product encryption
      controller: model target driver
      interface: mac source vlan virtualport bandwidth port ip route portForward script\
       downscript backenddomain target guest model driver backend filterref tune teaming link mtu coalesce
      hostdev-interface: mac driver source vlan virtualport bandwidth port ip route target model\
       filterref teaming link mtu
      serial: source protocol log target
      parallel: source protocol log target
      console: source protocol log target
      channel: source protocol log target
      input: driver source
      video: driver model
      hostdev: teaming driver source readonly shareable
      redirdev: source protocol
      memballoon: stats * alias acpi address driver
      vsock: cid * alias acpi address driver
      rng: rate backend driver
      shmem: model size server msi
      memory: uuid source target
      filesystem: driver binary source target readonly space_hard_limit space_soft_limit
      graphics: listen channel image jpeg zlib playback streaming mouse clipboard filetransfer gl
      """;

  private static final Map<String, List<String>> ORDERS = new HashMap<>();

  static {
    TABLE.lines().forEach(line -> put(line, ""));
    DEVICES.lines().forEach(line -> put("devices/" + line, END));
  }

  private ElementOrder() {}

  private static void put(String line, String end) {
    int colon = line.indexOf(':');
    String names = line.substring(colon + 1).strip() + end;
    ORDERS.put(line.substring(0, colon), List.of(names.split(" ")));
  }

  /** Puts all elements of a machine in order; {@code metadata} is left as it is. */
  static void apply(XmlElement domain) {
    apply(domain, "");
  }

  private static void apply(XmlElement element, String parent) {
    if (element.name().equals("metadata")) {
      return;
    }
    List<String> order = ORDERS.get(parent + "/" + element.name());
    if (element.name().equals("interface") && "hostdev".equals(element.attribute("type"))) {
      order = ORDERS.get("devices/hostdev-interface");
    }
    if (order == null && !parent.equals("devices")) {
      order = ORDERS.get(element.name());
    }
    if (order != null && !element.children().isEmpty()) {
      List<String> names = order;
      element.sortChildren(Comparator.comparingInt(child -> rank(names, child.name())));
    }
    element.children().forEach(child -> apply(child, element.name()));
  }

  private static int rank(List<String> order, String name) {
    int rank = order.indexOf(name);
    int other = order.indexOf("*");
    return rank >= 0 ? rank : other >= 0 ? other : order.size();
  }
}
