package org.virt.model.domain;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.virt.api.xml.XmlElement;

/**
 * The order in which libvirt prints elements; one that it does not name comes before alias and
 * address.
 */
final class ElementOrder {
  private static final String DEVICE_END = " * boot alias rom acpi address";
  private static final String CHAR_DEVICE = "source protocol log target" + DEVICE_END;

  /**
   * Names of elements in their order by path of the element around them; {@code *} is any other.
   */
  private static final Map<String, List<String>> ORDERS =
      Map.ofEntries(
          order(
              "domain",
              "name uuid genid title description metadata maxMemory memory currentMemory blkiotune"
                  + " memtune memoryBacking vcpu vcpus iothreads iothreadids defaultiothread"
                  + " cputune numatune resource sysinfo bootloader bootloader_args os idmap features"
                  + " cpu clock on_poweroff on_reboot on_crash on_lockfailure pm perf devices"
                  + " seclabel keywrap launchSecurity *"),
          order(
              "domain/os",
              "type firmware loader nvram kernel initrd cmdline dtb acpi init initarg initenv"
                  + " initdir inituser initgroup boot bootmenu bios smbios *"),
          order(
              "domain/features",
              "acpi apic pae hap viridian privnet hyperv kvm xen pvspinlock gic pmu vmport smm"
                  + " ioapic *"),
          order("domain/cpu", "model vendor topology cache maxphysaddr feature numa *"),
          order(
              "domain/devices",
              "emulator disk controller lease filesystem interface smartcard serial parallel"
                  + " console channel input tpm graphics sound audio video hostdev redirdev"
                  + " redirfilter hub watchdog memballoon rng nvram panic shmem memory iommu vsock"
                  + " crypto *"),
          order(
              "domain/devices/disk",
              "driver auth source mirror backingStore geometry blockio target iotune readonly"
                  + " shareable transient serial wwn vendor product encryption"
                  + DEVICE_END),
          order("domain/devices/controller", "driver master model pcihole64 target" + DEVICE_END),
          order(
              "domain/devices/interface",
              "mac source virtualport ip route bandwidth vlan port script downscript backenddomain"
                  + " target guest model driver backend filterref tune teaming link mtu coalesce"
                  + DEVICE_END),
          order("domain/devices/serial", CHAR_DEVICE),
          order("domain/devices/console", CHAR_DEVICE),
          order("domain/devices/channel", CHAR_DEVICE),
          order("domain/devices/graphics", "gl listen *"),
          order("domain/devices/input", "driver source" + DEVICE_END),
          order("domain/devices/video", "driver model" + DEVICE_END),
          order("domain/devices/memballoon", "stats driver" + DEVICE_END),
          order("domain/devices/rng", "rate backend driver" + DEVICE_END));

  private ElementOrder() {}

  /** Puts a machine's elements in order; what the model does not name is left as it is within. */
  static void apply(XmlElement domain) {
    apply(domain, "domain");
  }

  private static void apply(XmlElement element, String path) {
    List<String> order = ORDERS.get(path);
    if (order != null) {
      element.sortChildren(Comparator.comparingInt(child -> rank(order, child.name())));
      element.children().forEach(child -> apply(child, path + '/' + child.name()));
    }
  }

  private static int rank(List<String> order, String name) {
    int rank = order.indexOf(name);
    return rank < 0 ? order.indexOf("*") : rank;
  }

  private static Map.Entry<String, List<String>> order(String path, String names) {
    return Map.entry(path, List.of(names.strip().split(" +")));
  }
}
