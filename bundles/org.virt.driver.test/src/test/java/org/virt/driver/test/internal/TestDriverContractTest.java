package org.virt.driver.test.internal;

import java.net.URI;
import java.util.UUID;
import org.virt.spi.driver.HypervisorDriver;
import org.virt.test.contract.HypervisorDriverContract;

class TestDriverContractTest extends HypervisorDriverContract {
  private final TestDriver driver = new TestDriver();

  @Override
  protected HypervisorDriver driver() {
    return driver;
  }

  @Override
  protected URI uri() {
    return URI.create("test:///default");
  }

  @Override
  protected String domainXml(String name, UUID uuid) {
    return """
        <domain type='test'>
          <name>%s</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>64</memory>
          <os><type>hvm</type></os>
        </domain>
        """
        .formatted(name, uuid);
  }

  @Override
  protected int rounds() {
    return 2000;
  }

  @Override
  protected void stopDriver() {
    driver.deactivate();
  }
}
