package org.virt.driver.esx.internal;

import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MemoryVerbs;

/** Memory of one machine. */
final class Memory implements MemoryVerbs {
  private static final long KIB_IN_MIB = 1024;

  private final Resize resize;
  private final DomainId id;

  Memory(Resize resize, DomainId id) {
    this.resize = resize;
    this.id = id;
  }

  @Override
  public void setMemory(long kib, Affects affects) throws VirtException {
    long limit = (kib + KIB_IN_MIB - 1) / KIB_IN_MIB;
    resize.change(
        "set memory of domain " + id,
        id,
        affects,
        body -> body.open("memoryAllocation").text("limit", limit).close("memoryAllocation"));
  }

  @Override
  public void setMaxMemory(long kib, Affects affects) throws VirtException {
    // A multiple of 4 MiB, which is what the host takes.
    long size = (kib + 4 * KIB_IN_MIB - 1) / (4 * KIB_IN_MIB) * 4;
    resize.change(
        "set maximum memory of domain " + id, id, affects, body -> body.text("memoryMB", size));
  }
}
