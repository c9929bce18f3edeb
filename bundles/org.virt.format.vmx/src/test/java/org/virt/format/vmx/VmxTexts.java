package org.virt.format.vmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** A small machine in both forms, and what is made of it. */
final class VmxTexts {
  static final VmxSite SITE = new DatastoreSite("ds 1", "vm");
  static final String HEAD = "config.version = \"8\"\nvirtualHW.version = \"13\"\n";
  static final String XML =
      """
      <domain type='vmware'>
        <name>a%%c "d"</name>
        <uuid>564d9bef-acd9-b4e0-c8f0-aea8b9103515</uuid>
        <memory unit='MiB'>6</memory>
        <os><type arch='x86_64'>hvm</type></os>
        <devices>%s</devices>
      </domain>
      """;

  private VmxTexts() {}

  static String write(String devices) throws VirtException {
    return VmxWriter.write(XML.formatted(devices), SITE);
  }

  static String refused(String devices) {
    VirtException e = assertThrows(VirtException.class, () -> write(devices));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
    return e.getMessage();
  }
}
