package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;

/** What tests of commands share: services that are not there, and somebody who calls. */
abstract class CommandFixture {
  final FakeServices services = new FakeServices();
  final CommandTable table = new CommandTable(services, ShellCommands.all("0.1.0"));
  final FakePeer peer = new FakePeer();
  final Session session = new Session("test:///default");

  int run(String... words) {
    Command command = table.find(words[0]).orElseThrow();
    return table.run(command, List.of(words).subList(1, words.length), peer, session);
  }

  String output(String... words) {
    assertEquals(CommandTable.DONE, run(words), () -> peer.errors());
    return peer.printed();
  }

  String failure(int status, String... words) {
    assertEquals(status, run(words));
    assertEquals("", peer.printed());
    return peer.errors();
  }
}
