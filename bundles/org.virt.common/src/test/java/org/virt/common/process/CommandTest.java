package org.virt.common.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class CommandTest {
  @Test
  void returnsStatusAndBothOutputs() throws VirtException {
    assertEquals(
        new Result(3, "out\n", "err\n"),
        Command.of("sh", "-c", "echo out; echo err >&2; exit 3").run());
  }

  @Test
  void handsArgumentsOverUnread() throws VirtException {
    assertEquals("$HOME *|a b\n", Command.of("echo", "$HOME *|a b").require());
  }

  @Test
  void givesTheInput() throws VirtException {
    String text = "x".repeat(1 << 20);
    assertEquals(text, Command.of("cat").withInput(text).require());
  }

  @Test
  void doesNotMindAToolThatReadsNothing() throws VirtException {
    assertEquals(0, Command.of("true").withInput("x".repeat(1 << 20)).run().exit());
  }

  @Test
  void speaksTheCLocale() throws VirtException {
    assertEquals("C\n", Command.of("sh", "-c", "echo $LC_ALL").require());
  }

  @Test
  void endsWhatTakesTooLongWithItsChildren() {
    Command slow = Command.of("sh", "-c", "sleep 60 & sleep 60").withLimit(Duration.ofMillis(100));
    long start = System.nanoTime();
    VirtException failure = assertThrows(VirtException.class, slow::run);
    assertEquals(ErrorCode.OPERATION_TIMEOUT, failure.code());
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(20).toNanos());
  }

  @Test
  void namesTheToolThatIsMissing() {
    VirtException failure =
        assertThrows(VirtException.class, () -> Command.of("no-such-tool").run());
    assertEquals("run no-such-tool: No such file or directory", failure.getMessage());
  }

  @Test
  void quotesTheFirstLineOfTheError() {
    Command command = Command.of("sh", "-c", "echo bad >&2; echo more >&2; exit 1");
    VirtException failure = assertThrows(VirtException.class, command::require);
    assertTrue(failure.getMessage().endsWith(": bad"), failure.getMessage());
  }
}
