package org.virt.driver.esx.internal;

import java.util.Optional;
import java.util.OptionalInt;
import org.virt.api.VirtException;
import org.virt.format.vmx.VmxSite;

/** A site whose host has a certain version of virtual hardware. */
record VersionedSite(VmxSite site, int version) implements VmxSite {
  @Override
  public Optional<String> path(String fileName) throws VirtException {
    return site.path(fileName);
  }

  @Override
  public String fileName(String path) throws VirtException {
    return site.fileName(path);
  }

  @Override
  public OptionalInt hardwareVersion() {
    return OptionalInt.of(version);
  }
}
