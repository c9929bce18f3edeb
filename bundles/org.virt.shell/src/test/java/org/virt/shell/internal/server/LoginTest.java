package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;

/** How whoever gives a command is asked for a name and a password. */
class LoginTest {
  private final FakeServices services = new FakeServices();
  private final CommandTable table = new CommandTable(services, ShellCommands.all("0.1.0"));
  private final FakePeer peer = new FakePeer();

  private int connect(String... typed) {
    peer.typed = typed.length == 0 ? null : new ArrayList<>(List.of(typed));
    return table.run(
        table.find("connect").orElseThrow(),
        List.of(FakeServices.GUARDED),
        peer,
        new Session("test:///default"));
  }

  @Test
  void asksAsVirshDoes() {
    assertEquals(CommandTable.DONE, connect("joe", "secret"));
    assertEquals(List.of("Name [root]: SHOWN", "Password: HIDDEN"), peer.asked);
    assertEquals(List.of("joe", "secret"), services.toldOfUser);
  }

  @Test
  void takesTheDefaultForAnEmptyLineWhereThereIsOne() {
    assertEquals(CommandTable.DONE, connect("", ""));
    assertEquals(List.of("root", ""), services.toldOfUser);
  }

  @Test
  void saysThatThereIsNobodyToAsk() {
    assertEquals(CommandTable.FAILED, connect());
    assertEquals(
        """
        error: failed to connect to the hypervisor
        error: ask 'Name [root]': standard input is no terminal
        """,
        peer.errors());
  }

  @Test
  void givesUpWithTheUser() {
    assertEquals(CommandTable.FAILED, connect("joe"));
    assertEquals(
        """
        error: failed to connect to the hypervisor
        error: ask 'Password': the input was ended
        """,
        peer.errors());
    assertEquals(List.of(), services.toldOfUser);
  }
}
