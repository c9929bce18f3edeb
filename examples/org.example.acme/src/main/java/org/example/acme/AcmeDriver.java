package org.example.acme;

import java.net.URI;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** Opens {@code acme:///system}. All connections see the same machines. */
@Component(property = HypervisorDriver.SCHEME + "=acme")
public final class AcmeDriver implements HypervisorDriver {
  private final DomainListeners events = new DomainListeners("acme");
  private final AcmeHost host = new AcmeHost(events);

  @Deactivate
  void deactivate() {
    host.close();
    events.close();
  }

  @Override
  public DriverConnection open(URI uri) throws VirtException {
    if (!"/system".equals(uri.getPath())) {
      throw new VirtException(ErrorCode.INVALID_ARG, "open " + uri + ": use acme:///system");
    }
    return new AcmeConnection(host, events);
  }
}
