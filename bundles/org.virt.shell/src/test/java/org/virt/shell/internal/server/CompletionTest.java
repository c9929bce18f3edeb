package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary.Persistence;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;

class CompletionTest {
  @TempDir private Path folder;
  private final FakeServices services = new FakeServices();
  private final Session session = new Session("test:///default");
  private Completion completion;

  @BeforeEach
  void machines() {
    services.connect.add("on", Reason.BOOTED, 1, Persistence.PERSISTENT);
    services.connect.add("off", Reason.SHUT_DOWN, 0, Persistence.PERSISTENT);
    services.filters.define("clean");
    completion =
        new Completion(new CommandTable(services, ShellCommands.all("0")), session, folder);
  }

  private List<String> after(String... words) {
    return completion.candidates(List.of(words));
  }

  @Test
  void offersCommandsFirst() {
    assertTrue(after("do").contains("dominfo"));
    assertTrue(after().contains("nwfilter-list"));
  }

  @Test
  void offersMachinesInTheStateThatTheCommandNeeds() {
    assertEquals(List.of("off"), after("start", ""));
    assertEquals(List.of("on"), after("destroy", ""));
    assertEquals(List.of("off", "on"), after("dominfo", ""));
    assertEquals(List.of("off", "on"), after("event", "--all", "--domain", ""));
  }

  @Test
  void offersOptionsThatWereNotGiven() {
    List<String> options = after("domblklist", "vm", "--details", "--");

    assertTrue(options.contains("--inactive"));
    assertFalse(options.contains("--details"));
  }

  @Test
  void offersFiltersPortsAndTechniques() {
    assertEquals(List.of("clean"), after("nwfilter-dumpxml", ""));
    assertEquals(List.of("vnet0", "vnet1"), after("nwfilter-status", ""));
    assertEquals(
        List.of("nftables", "ebtables"), after("nwfilter-rules", "clean", "--technique", ""));
  }

  @Test
  void offersFilesOfTheClientsFolder() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    Files.createFile(folder.resolve("sub/a.xml"));

    assertEquals(List.of("sub/"), after("define", "s"));
    assertEquals(List.of("sub/a.xml"), after("define", "sub/"));
    assertEquals(List.of(), after("define", "gone/"));
  }

  @Test
  void offersNothingWhereNothingIsExpectedOrCanBeAsked() {
    assertEquals(List.of(), after("start", "off", ""));
    assertEquals(List.of(), after("bogus", ""));
    session.use("foo:///x");
    assertEquals(List.of(), after("start", ""));
  }
}
