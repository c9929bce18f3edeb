package org.virt.driver.remote.internal;

import java.net.URI;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Limits;
import org.virt.driver.remote.internal.link.LinkRuntime;
import org.virt.driver.remote.internal.transport.Target;
import org.virt.driver.remote.internal.transport.Transports;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** Opens any hypervisor that libvirt or another org.virt manages, here or elsewhere. */
@Component(
    property = {
      HypervisorDriver.SCHEME + "=*+unix",
      HypervisorDriver.SCHEME + "=*+tcp",
      HypervisorDriver.SCHEME + "=*+tls",
      HypervisorDriver.SCHEME + "=*+ssh"
    })
public final class RemoteDriver implements HypervisorDriver {
  private final LinkRuntime runtime;

  /** Makes one with the usual limits of time. */
  @Activate
  public RemoteDriver() {
    this(Limits.USUAL);
  }

  RemoteDriver(Limits limits) {
    runtime = LinkRuntime.of(limits);
  }

  @Deactivate
  void deactivate() {
    runtime.close();
  }

  @Override
  public DriverConnection open(URI uri) throws VirtException {
    Target target = Target.parse(uri);
    return RemoteConnection.open(
        uri.toString(), target.name(), limit -> Transports.open(target, limit), runtime);
  }
}
