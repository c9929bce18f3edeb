package org.virt.driver.remote.internal;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.virt.core.internal.OneDriver;
import org.virt.driver.test.internal.TestDriver;
import org.virt.remote.internal.OwnServer;
import org.virt.spi.driver.HypervisorDriver;
import org.virt.test.contract.HypervisorDriverContract;

/** The contract over the wire: our server before our test driver, our driver before both. */
class RemoteContractTest extends HypervisorDriverContract {
  @TempDir Path folder;
  private OwnServer server;
  private RemoteDriver driver;

  @Override
  protected HypervisorDriver driver() throws Exception {
    server = new OwnServer(folder.resolve("sock"), OneDriver.connector(new TestDriver(), "test"));
    driver = new RemoteDriver(Map.of());
    return driver;
  }

  @Override
  protected void stopDriver() throws Exception {
    driver.deactivate();
    server.close();
  }

  @Override
  protected URI uri() {
    return URI.create("test+unix:///default?socket=" + folder.resolve("sock"));
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
    return 200;
  }
}
