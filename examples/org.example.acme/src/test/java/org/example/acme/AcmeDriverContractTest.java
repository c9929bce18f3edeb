package org.example.acme;

import java.net.URI;
import java.util.UUID;
import org.virt.spi.driver.HypervisorDriver;
import org.virt.test.contract.HypervisorDriverContract;

class AcmeDriverContractTest extends HypervisorDriverContract {
  private final AcmeDriver driver = new AcmeDriver();

  @Override
  protected HypervisorDriver driver() {
    return driver;
  }

  @Override
  protected void stopDriver() {
    driver.deactivate();
  }

  @Override
  protected URI uri() {
    return URI.create("acme:///system");
  }

  @Override
  protected String domainXml(String name, UUID uuid) {
    return """
    <domain type='acme'>
      <name>%s</name>
      <uuid>%s</uuid>
      <memory unit='MiB'>64</memory>
      <os><type>hvm</type></os>
    </domain>
    """
        .formatted(name, uuid);
  }
}
