package org.virt.driver.esx.internal;

import java.net.URI;
import org.osgi.service.component.annotations.Component;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** Takes the URIs of VMware's hypervisors, and says that it cannot open them yet. */
@Component(
    property = {
      HypervisorDriver.SCHEME + "=esx",
      HypervisorDriver.SCHEME + "=vpx",
      HypervisorDriver.SCHEME + "=gsx"
    })
public final class EsxDriver implements HypervisorDriver {
  @Override
  public DriverConnection open(URI uri) throws VirtException {
    throw new VirtException(
        ErrorCode.NO_SUPPORT,
        "open %s: connections to VMware ESX, vCenter and GSX are not supported yet".formatted(uri));
  }
}
