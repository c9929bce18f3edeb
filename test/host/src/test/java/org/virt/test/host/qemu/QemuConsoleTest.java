package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.Domain.XmlView;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.Consoles;

class QemuConsoleTest extends QemuFixture {
  private Console open(String device) throws VirtException {
    return ((Consoles) connection).console(id, device);
  }

  private static CompletableFuture<Integer> read(Console console) {
    InputStream input = console.input();
    CompletableFuture<Integer> answer = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                answer.complete(input.read());
              } catch (java.io.IOException e) {
                answer.completeExceptionally(e);
              }
            });
    reader.setDaemon(true);
    reader.start();
    return answer.orTimeout(10, TimeUnit.SECONDS);
  }

  @Test
  void endsAReadWhenItIsClosed() throws Exception {
    String unix =
        "<serial type='unix'><source mode='bind' path='" + home.resolve("s1") + "'/></serial>";
    define("serial", "<serial type='pty'/>" + unix);
    connection.start(id);
    String xml = connection.xml(id, XmlView.LIVE);
    assertTrue(xml.contains("<console type='pty' tty='/dev/pts/"), xml);
    assertTrue(xml.contains("<alias name='serial0'/>"), xml);
    for (String device : new String[] {"", "serial1"}) {
      Console console = open(device);
      CompletableFuture<Integer> reading = read(console);
      console.output().write('x');
      console.close();
      console.close();
      assertEquals(-1, reading.join());
      open(device).close();
    }
  }

  @Test
  void endsAReadWhenTheMachineEnds() throws Exception {
    define("serial", "<serial type='pty'/>");
    connection.start(id);
    try (Console console = open("serial0")) {
      CompletableFuture<Integer> reading = read(console);
      connection.destroy(id);
      assertEquals(-1, reading.join());
    }
  }

  @Test
  void letsOneReadAtATime() throws Exception {
    define("serial", "<serial type='pty'/>");
    VirtException off = assertThrows(VirtException.class, () -> open(""));
    assertEquals(ErrorCode.OPERATION_INVALID, off.code());
    connection.start(id);
    try (Console console = open("")) {
      VirtException busy = assertThrows(VirtException.class, () -> open("serial0"));
      assertEquals(ErrorCode.RESOURCE_BUSY, busy.code());
      CompletableFuture<Integer> reading = read(console);
      Set<OpenFlag> force = Set.of(OpenFlag.FORCE, OpenFlag.SAFE);
      try (Console taken = ((Consoles) connection).console(id, "serial0", force)) {
        assertEquals(-1, reading.join(), "it has lost the device");
        console.close();
        busy = assertThrows(VirtException.class, () -> open("serial0"));
        assertEquals(ErrorCode.RESOURCE_BUSY, busy.code());
        taken.output().write('x');
      }
      open("serial0").close();
    }
    VirtException unknown = assertThrows(VirtException.class, () -> open("serial7"));
    assertEquals(ErrorCode.DEVICE_MISSING, unknown.code());
  }
}
