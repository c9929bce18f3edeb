package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlWriter;

/**
 * What the firmware says of the host (SMBIOS), as far as the kernel tells it.
 *
 * @param folder {@code /sys/class/dmi/id}
 */
record Smbios(Path folder) {
  /** Blocks and their entries in libvirt's order, each as {@code name=file}. */
  private static final String[][] BLOCKS = {
    {
      "bios", "vendor=bios_vendor", "version=bios_version", "date=bios_date", "release=bios_release"
    },
    {
      "system",
      "manufacturer=sys_vendor",
      "product=product_name",
      "version=product_version",
      "serial=product_serial",
      "uuid=product_uuid",
      "sku=product_sku",
      "family=product_family"
    },
    {
      "baseBoard",
      "manufacturer=board_vendor",
      "product=board_name",
      "version=board_version",
      "serial=board_serial",
      "asset=board_asset_tag"
    },
    {
      "chassis",
      "manufacturer=chassis_vendor",
      "version=chassis_version",
      "serial=chassis_serial",
      "asset=chassis_asset_tag",
      "sku=chassis_sku"
    },
  };

  /**
   * Returns it as XML.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} when the host's firmware says nothing
   */
  String xml() throws VirtException {
    if (!Files.isDirectory(folder)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED, "Host SMBIOS information is not available");
    }
    XmlWriter out = new XmlWriter();
    out.open("sysinfo").attribute("type", "smbios");
    for (String[] block : BLOCKS) {
      write(block, out);
    }
    return out.close().toString();
  }

  private void write(String[] block, XmlWriter out) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (String entry : List.of(block).subList(1, block.length)) {
      String[] parts = entry.split("=", -1);
      text(parts[1]).ifPresent(text -> entries.put(parts[0], text));
    }
    if (entries.isEmpty()) {
      return;
    }
    out.open(block[0]);
    entries.forEach((name, text) -> out.open("entry").attribute("name", name).text(text).close());
    out.close();
  }

  /** What is not there or not for us to read is left out, and so is what is no text. */
  private Optional<String> text(String file) {
    try {
      String text = Files.readString(folder.resolve(file)).strip();
      return Optional.of(text).filter(t -> !t.isEmpty() && t.chars().allMatch(c -> c >= ' '));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
