package org.virt.format.vmx.internal;

import org.osgi.service.component.annotations.Component;
import org.virt.api.VirtException;
import org.virt.format.vmx.DatastoreSite;
import org.virt.format.vmx.VmxReader;
import org.virt.format.vmx.VmxSite;
import org.virt.format.vmx.VmxWriter;
import org.virt.spi.format.ConfigFormat;

/**
 * VMX files without a connection. A file does not say where it lies: names within it that are
 * relative to it become {@code [datastore] directory/name}.
 */
@Component(property = ConfigFormat.NAME + "=vmware-vmx")
public final class VmxFormat implements ConfigFormat {
  private static final VmxSite SOMEWHERE = new DatastoreSite("datastore", "directory");

  @Override
  public String toNative(String domainXml) throws VirtException {
    return VmxWriter.write(domainXml, SOMEWHERE);
  }

  @Override
  public String fromNative(String configuration) throws VirtException {
    return VmxReader.read(configuration, SOMEWHERE);
  }
}
