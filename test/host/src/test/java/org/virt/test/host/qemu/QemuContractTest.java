package org.virt.test.host.qemu;

import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.virt.driver.qemu.internal.QemuDriver;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.machine.QemuUser;
import org.virt.spi.driver.HypervisorDriver;
import org.virt.test.contract.FolderState;
import org.virt.test.contract.HypervisorDriverContract;

class QemuContractTest extends HypervisorDriverContract {
  @TempDir Path home;

  private QemuDriver driver;

  @BeforeAll
  static void requireQemu() {
    QemuMachines.require();
  }

  @Override
  protected HypervisorDriver driver() {
    driver = new QemuDriver(new FolderState(home), QemuUser.USUAL, ScreenTls.USUAL);
    return driver;
  }

  @Override
  protected void stopDriver() {
    driver.stop();
  }

  @Override
  protected URI uri() {
    return QemuMachines.SYSTEM;
  }

  @Override
  protected String domainXml(String name, UUID uuid) {
    return QemuMachines.xml(name, uuid, "");
  }

  @Override
  protected boolean guestObeys() {
    return false;
  }
}
