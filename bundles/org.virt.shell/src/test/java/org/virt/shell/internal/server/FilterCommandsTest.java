package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.ImportRequest.Existing;
import org.virt.api.nwfilter.ImportResult.Outcome;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;

/** What commands about filters print, against virsh's formats. */
class FilterCommandsTest extends CommandFixture {
  @Test
  void showsHowAFilterIsPutTogether() {
    services.filters.define("f");
    assertEquals(
        """
        f  (chain root, 2 rules)
          +- b  (chain mac, 1 rule, A=1,2)
          |    +- c  (chain root, 0 rules)
          +- c  (chain root, 0 rules)

        chain root
          -800  chain mac

        chain mac, priority -800
           500  drop out <mac/>  (filter b, rule 1)

        protocols above IP, after all chains
           500  drop out <mac/>  (filter b, rule 1)

         Variable   From                                     Values   Used by
        --------------------------------------------------------------------------------
         A          filterref, unless the binding gives it   1, 2     filter b, rule 1
         IP         binding, else learned                    -        x
                                                                      y

        """,
        output("nwfilter-tree", "f"));
  }

  @Test
  void takesOverTheFilesOfAnInstallation() {
    peer.files.put("/etc/libvirt/nwfilter/a.xml", "a");
    peer.files.put("/etc/libvirt/nwfilter/a.bak", "no");
    peer.files.put("/run/libvirt/nwfilter-binding/vnet0.xml", "vnet0");
    peer.files.put("/copy/etc/libvirt/nwfilter/b.xml", "b");
    peer.files.put("/some/c.xml", "c");
    assertEquals(
        """
         Kind     Name    Result     Reason
        -------------------------------------
         filter   a       imported   -
         filter   vnet0   imported   -

        """,
        output("nwfilter-import"));
    assertEquals(Existing.KEEP, services.filters.asked.existing());
    output("nwfilter-import", "/copy/", "--replace");
    assertEquals(
        Map.of("/copy/etc/libvirt/nwfilter/b.xml", "b"), services.filters.asked.documents());
    assertEquals(Existing.REPLACE, services.filters.asked.existing());
    output("nwfilter-import", "/some");
    assertEquals(Map.of("/some/c.xml", "c"), services.filters.asked.documents());
    assertEquals("error: no folder /none\n", failure(1, "nwfilter-import", "/none"));
    services.filters.outcome = Outcome.REFUSED;
    assertEquals(1, run("nwfilter-import", "/some"));
    assertTrue(peer.printed().contains(" filter   c      refused   why\n"));
    assertEquals("error: 1 of 1 were refused\n", peer.errors());
  }

  @Test
  void printsEachChangeOfAPortUntilAnInterrupt() throws Exception {
    Thread user =
        new Thread(
            () -> {
              while (services.filters.listeners.isEmpty() || peer.onInterrupt.isEmpty()) {
                Thread.onSpinWait();
              }
              FilterListener listener = services.filters.listeners.get(0);
              PortStatus before = services.filters.status().get(0);
              listener.portChanged(before);
              listener.portChanged(services.filters.status().get(1));
              listener.portChanged(
                  new PortStatus(
                      before.port(), Enforcement.FAILED, "nftables", 12, Learning.BOUND, "why"));
              listener.portChanged(
                  new PortStatus(
                      before.port(),
                      Enforcement.FAILED,
                      "nftables",
                      12,
                      Learning.BOUND,
                      "unbound"));
              peer.onInterrupt.get(0).run();
            });
    user.start();
    List<String> lines = output("nwfilter-status", "vnet0", "--watch").lines().toList();
    user.join();
    assertEquals(6, lines.size(), lines.toString());
    assertTrue(lines.get(2).contains("IN_FORCE"), lines.get(2));
    assertTrue(lines.get(3).endsWith("  vnet0  FAILED  nftables  12  BOUND  why"), lines.get(3));
    assertTrue(lines.get(4).endsWith("  vnet0  unbound"), lines.get(4));
    assertEquals(List.of(), services.filters.listeners);
  }

  @Test
  void managesFilters() {
    peer.files.put("f.xml", "mine");

    assertEquals("Network filter mine defined from f.xml\n\n", output("nwfilter-define", "f.xml"));
    assertEquals(
        """
         UUID                                   Name
        ----------------------------------------------
         %s   mine

        """
            .formatted(services.filters.filters.get("mine").uuid()),
        output("nwfilter-list"));
    assertEquals(
        "Network filter mine XML configuration not changed.\n\n", output("nwfilter-edit", "mine"));
    peer.editor = text -> text + "2";
    assertEquals(
        "Network filter mine2 XML configuration edited.\n\n", output("nwfilter-edit", "mine"));
    assertEquals("Network filter mine undefined\n\n", output("nwfilter-undefine", "mine"));
    assertEquals(
        "error: failed to get nwfilter 'mine'\nerror: no nwfilter with matching name 'mine'\n",
        failure(1, "nwfilter-dumpxml", "mine"));
  }

  @Test
  void managesBindings() {
    peer.files.put("b.xml", "x");

    assertEquals(
        "Network filter binding on vnet0 created from b.xml\n\n",
        output("nwfilter-binding-create", "b.xml"));
    assertEquals(
        """
         Port Dev   Filter
        ---------------------------
         vnet0      clean-traffic

        """,
        output("nwfilter-binding-list"));
    assertEquals(
        "Network filter binding on vnet0 deleted\n\n", output("nwfilter-binding-delete", "vnet0"));
    assertEquals(
        "error: not an interface name: 'a/b'\n", failure(2, "nwfilter-binding-delete", "a/b"));
  }

  @Test
  void showsWhatIsInForce() {
    assertEquals(
        """
         Port    State      Technique   Generation   Learning   Reason
        ------------------------------------------------------------------------
         vnet0   IN_FORCE   nftables    12           BOUND      -
         vnet1   CLOSED     -           -            LEARNING   no address yet

        """,
        output("nwfilter-status"));
    assertTrue(output("nwfilter-status", "vnet1").contains("vnet1   CLOSED"));
    assertEquals(
        "error: interface 'vnet9' is not bound to a filter\n",
        failure(1, "nwfilter-status", "vnet9"));
    assertTrue(
        output("addresses", "vnet0")
            .endsWith(" vnet0   52:54:00:00:00:01   192.0.2.7   CONFIG   never\n\n"));
  }

  @Test
  void listsTheAddressesOfAMachine() {
    services.connect.add("vm", Reason.BOOTED, 1, Persistence.PERSISTENT);
    String head = " Name       MAC address          Protocol     Address\n" + "-".repeat(79) + "\n";
    assertEquals(
        head + " vnet0      52:54:00:00:00:01    ipv4         192.0.2.7/0\n\n",
        output("domifaddr", "vm", "--source", "learn"));
    assertEquals(head + "\n", output("domifaddr", "vm"));
    assertEquals(head + "\n", output("domifaddr", "vm", "vnet1", "--source", "learn"));
    assertEquals(
        "error: Unknown data source 'else'\n", failure(2, "domifaddr", "vm", "--source", "else"));
  }

  @Test
  void explainsWhatWasLearned() {
    String text = output("learn-explain", "vnet0");
    assertTrue(text.contains("ARP request from 192.0.2.7   learned\n"), text);
    assertTrue(text.contains(" seen      2\n"), text);
  }

  @Test
  void approvesAddresses() {
    assertEquals(
        "Address 192.0.2.7 approved on vnet0\n\n", output("address-approve", "vnet0", "192.0.2.7"));
    assertEquals("vnet0 192.0.2.7", services.filters.chosen);
    output("address-approve", "vnet0", "2001:db8::7");
    assertEquals("vnet0 2001:db8:0:0:0:0:0:7", services.filters.chosen);
    assertEquals(
        "error: not an IP address: 'localhost'\n",
        failure(2, "address-approve", "vnet0", "localhost"));
  }

  @Test
  void printsWhatHappensToAddresses() throws Exception {
    Thread sender =
        new Thread(
            () -> {
              while (services.filters.listeners.isEmpty()) {
                Thread.onSpinWait();
              }
              services.filters.happens(AddressEvent.Kind.CONFLICT, "another port has it");
            });
    sender.start();
    String line = output("address-watch", "vnet0", "--count", "1");
    sender.join();
    assertTrue(
        line.endsWith(" CONFLICT vnet0 vm 192.0.2.7 CONFIG (another port has it)\n\n"), line);
    assertEquals(
        "error: Numeric value '0' for <count> option is malformed or out of range\n",
        failure(2, "address-watch", "--count", "0"));
  }

  @Test
  void asksForRulesWithoutReadingNamesAsFiles() {
    peer.files.put("./f", "<filter/>");

    String rules =
        output(
            "nwfilter-rules",
            "clean",
            "--param",
            "IP=10.0.0.1",
            "--param",
            "IP=10.0.0.2",
            "--port",
            "tap3");
    assertTrue(
        rules.contains("filter=clean,") && rules.contains("{IP=[10.0.0.1, 10.0.0.2]}"), rules);
    assertTrue(output("nwfilter-rules", "./f").contains("filter=<filter/>,"));
    assertEquals(
        "error: expected syntax: --param NAME=VALUE, not 'IP'\n",
        failure(2, "nwfilter-rules", "x", "--param", "IP"));
  }

  @Test
  void choosesATechnique() {
    assertEquals("Filter technique ebtables chosen\n\n", output("nwfilter-technique", "ebtables"));
    assertEquals("ebtables", services.filters.chosen);
    assertTrue(output("nwfilter-technique").contains(" nftables    ACTIVE     kernel 6.12\n"));
  }
}
