package org.virt.driver.esx.internal;

import java.util.Map;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.format.vmx.DatastorePath;
import org.virt.format.vmx.DatastoreSite;
import org.virt.format.vmx.VmxSite;

/**
 * A machine's folder on a datastore of this host.
 *
 * @param file the machine's VMX file
 * @param mounts name of each datastore, by the last part of where it is mounted
 * @param datacenterPath where the host is in the inventory
 * @param reference the machine
 */
record EsxSite(
    DatastorePath file,
    Map<String, String> mounts,
    Optional<String> datacenterPath,
    Optional<String> reference)
    implements VmxSite {
  @Override
  public Optional<String> path(String fileName) throws VirtException {
    Optional<String> path = new DatastoreSite(file.datastore(), file.folder()).path(fileName);
    if (path.isEmpty() || !path.get().startsWith("[")) {
      return path;
    }
    DatastorePath found = DatastorePath.parse(path.get());
    String name = mounts.getOrDefault(found.datastore(), found.datastore());
    return Optional.of(new DatastorePath(name, found.path()).toString());
  }

  @Override
  public String fileName(String path) throws VirtException {
    return new DatastoreSite(file.datastore(), file.folder()).fileName(path);
  }
}
