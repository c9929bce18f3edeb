package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.nwfilter.Filters;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;

/** Commands about filters go to the host that the caller is connected to. */
class FarFiltersTest {
  private final FakeServices services = new FakeServices();
  private final FakeFilters far = new FakeFilters();
  private final CommandTable table = new CommandTable(services, ShellCommands.all("0.1.0"));
  private final FakePeer peer = new FakePeer();

  @BeforeEach
  void filters() {
    services.connect.facets.put(Filters.class, far);
    services.filters.define("near");
    far.define("afar");
    peer.files.put("new.xml", "new");
  }

  private int run(String uri, String... words) {
    return table.run(
        table.find(words[0]).orElseThrow(),
        List.of(words).subList(1, words.length),
        peer,
        new Session(uri));
  }

  @Test
  void asksTheOtherEndForItsFilters() {
    assertEquals(CommandTable.DONE, run(FakeServices.FAR, "nwfilter-list"));
    String printed = peer.printed();
    assertTrue(printed.contains("afar") && !printed.contains("near"), printed);
    assertEquals(CommandTable.DONE, run(FakeServices.FAR, "nwfilter-define", "new.xml"));
    assertTrue(far.filters.containsKey("new") && !services.filters.filters.containsKey("new"));
    assertEquals(CommandTable.DONE, run("test:///default", "nwfilter-dumpxml", "near"));
  }

  @Test
  void refusesWhatIsOfThisHostOnly() {
    assertEquals(CommandTable.FAILED, run(FakeServices.FAR, "nwfilter-technique"));
    assertEquals(
        """
        error: failed to use network filters
        error: nwfilter-technique is about filters of this host, and not of qemu+tls://far/system
        """,
        peer.errors());
  }
}
