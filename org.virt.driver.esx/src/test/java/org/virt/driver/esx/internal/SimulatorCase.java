package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** VMware's simulator of one host with three machines, and a connection to it. */
abstract class SimulatorCase {
  static Simulator simulator;

  final EsxDriver driver = new EsxDriver(Simulator.SECRETS);
  EsxConnection connection;

  @BeforeAll
  static void startSimulator() throws Exception {
    simulator = Simulator.start("-mode", "esx", "-machines", "3");
  }

  @AfterAll
  static void stopSimulator() throws Exception {
    if (simulator != null) {
      simulator.close();
    }
  }

  @BeforeEach
  void connect() throws Exception {
    connection = (EsxConnection) driver.open(simulator.uri("esx", "/?no_verify=1"));
  }

  @AfterEach
  void disconnect() {
    driver.deactivate();
  }

  static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }
}
