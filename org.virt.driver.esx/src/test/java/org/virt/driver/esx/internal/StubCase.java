package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** A host of our own and a driver that is to connect to it. */
abstract class StubCase {
  static final DomainId ID = new DomainId(UUID.fromString(StubHost.UUID_1));

  final EsxDriver driver =
      new EsxDriver(
          Map.of("password.127.0.0.1", "pass", "password.127.0.0.2", "two", "timeout", "1"));
  StubHost host;

  @BeforeEach
  void startHost() throws IOException {
    host = new StubHost();
  }

  @AfterEach
  void stopHost() {
    driver.deactivate();
    host.close();
  }

  EsxConnection connect() throws VirtException {
    return (EsxConnection) driver.open(host.uri());
  }

  static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }
}
