package org.virt.driver.test.internal;

import java.net.URI;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/**
 * Opens {@code test:///default}: one host with machines in memory. All connections see the same
 * host, which is there as long as the driver.
 */
@Component(property = HypervisorDriver.SCHEME + "=test")
public final class TestDriver implements HypervisorDriver {
  private final DomainListeners events = new DomainListeners("test");
  private TestHost host;

  @Deactivate
  void deactivate() {
    events.close();
  }

  @Override
  public DriverConnection open(URI uri) throws VirtException {
    if (uri.getAuthority() != null || !"/default".equals(uri.getPath())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "open " + uri + ": only test:///default is served, hosts described in files are not");
    }
    return new TestConnection(host(), events);
  }

  /**
   * Made when it is asked for: it reads domain XML, which the start of the runtime need not wait
   * for.
   */
  private synchronized TestHost host() {
    if (host == null) {
      host = new TestHost(events);
    }
    return host;
  }
}
