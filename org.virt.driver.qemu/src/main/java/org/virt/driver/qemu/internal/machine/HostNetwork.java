package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterManager;
import org.virt.common.net.Link;
import org.virt.common.net.Links;
import org.virt.common.net.NetlinkLinks;

/** The services through which machines reach the host's network; opened when the first one does. */
public final class HostNetwork implements AutoCloseable {
  private FilterManager filters;
  private NetlinkLinks links;

  /** Returns the interfaces of the host. */
  synchronized Links links() throws VirtException {
    if (links == null) {
      links = NetlinkLinks.open();
    }
    return links;
  }

  /** Finds an interface that must be there. */
  Link existing(PortId name) throws VirtException {
    return links()
        .find(name)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_INTERFACE,
                    "there is no interface '" + name + "', which managed='no' says is there"));
  }

  /** Sets the filter manager that is there from now on. */
  public synchronized void filters(FilterManager manager) {
    filters = manager;
    notifyAll();
  }

  /** Takes the filter manager away, unless another one has come already. */
  public synchronized void withoutFilters(FilterManager manager) {
    if (filters == manager) {
      filters = null;
    }
  }

  synchronized Optional<FilterManager> filters() {
    return Optional.ofNullable(filters);
  }

  /** Waits until there is a filter manager, but not longer than this. */
  synchronized void awaitFilters(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    long rest = limit.toMillis();
    while (filters == null && rest > 0) {
      wait(rest);
      rest = (deadline - System.nanoTime()) / 1_000_000;
    }
  }

  /** Says whether any port of a run needs a filter. */
  static boolean isFiltered(Collection<Port> ports) {
    return ports.stream().anyMatch(port -> port.filter() == Port.Filter.BOUND);
  }

  @Override
  public synchronized void close() {
    if (links != null) {
      links.close();
      links = null;
    }
  }
}
