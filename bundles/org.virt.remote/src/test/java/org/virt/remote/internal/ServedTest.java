package org.virt.remote.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.virt.remote.internal.session.Limits;

/** What tests with one client share, which has opened the hypervisor. */
abstract class ServedTest {
  @TempDir Path folder;
  ServerFixture fixture;
  TestClient client;

  @BeforeEach
  void serve() throws IOException {
    fixture = new ServerFixture(folder, Limits.DEFAULT);
    client = fixture.open(fixture.socket);
  }

  @AfterEach
  void end() throws IOException {
    client.close();
    fixture.close();
  }
}
