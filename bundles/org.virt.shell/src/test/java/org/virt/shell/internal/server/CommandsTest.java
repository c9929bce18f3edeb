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
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;

/** What commands print, against virsh's formats. */
class CommandsTest {
  private final FakeServices services = new FakeServices();
  private final CommandTable table = new CommandTable(services, ShellCommands.all("0.1.0"));
  private final FakePeer peer = new FakePeer();
  private final Session session = new Session("test:///default");

  private int run(String... words) {
    Command command = table.find(words[0]).orElseThrow();
    return table.run(command, List.of(words).subList(1, words.length), peer, session);
  }

  private String output(String... words) {
    assertEquals(CommandTable.DONE, run(words), () -> peer.errors());
    return peer.printed();
  }

  private String failure(int status, String... words) {
    assertEquals(status, run(words));
    assertEquals("", peer.printed());
    return peer.errors();
  }

  @Test
  void listsActiveMachinesByNumberThenOthersByName() {
    services.connect.add("b", Reason.SHUT_DOWN, 0, Persistence.PERSISTENT);
    services.connect.add("A", Reason.PROCESS_CRASHED, 0, Persistence.PERSISTENT);
    services.connect.add("ten", Reason.PAUSED_BY_USER, 10, Persistence.PERSISTENT);
    services.connect.add("two", Reason.BOOTED, 2, Persistence.TRANSIENT);

    assertEquals(
        """
         Id   Name   State
        -----------------------
         2    two    running
         10   ten    paused
         -    A      shut off
         -    b      shut off

        """,
        output("list", "--all"));
    assertEquals("two\nten\n\n", output("list", "--name"));
    assertEquals("- A\n- b\n\n", output("list", "--inactive", "--name", "--id"));
    assertEquals("ten\n\n", output("list", "--all", "--state-paused", "--name"));
    assertEquals("ten\nA\nb\n\n", output("list", "--all", "--persistent", "--name"));
  }

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
  void tellsWrongUsageFromFailure() {
    assertEquals("error: command 'list' doesn't support option --x\n", failure(2, "list", "--x"));
    assertEquals(
        "error: Options --table and --name are mutually exclusive\n",
        failure(2, "list", "--table", "--name"));
    assertEquals(
        "error: failed to get domain 'x'\nerror: no domain with matching name 'x'\n",
        failure(1, "start", "x"));
    session.use("foo:///x");
    assertEquals(
        "error: failed to connect to the hypervisor\nerror: open foo:///x: no driver\n",
        failure(1, "list"));
  }

  @Test
  void definesFromAFileOfTheClient() {
    peer.files.put("/a b.xml", "vm");
    peer.files.put("empty", "");

    assertEquals("Domain 'vm' defined from /a b.xml\n\n", output("define", "/a b.xml"));
    assertEquals("Domain 'vm' created from /a b.xml\n\n", output("create", "/a b.xml"));
    assertEquals(
        "error: Failed to define domain from empty\nerror: read domain XML: line 1, column 1: empty\n",
        failure(1, "define", "empty"));
    assertEquals(
        "error: Failed to open file 'gone': No such file or directory\n",
        failure(1, "define", "gone"));
  }

  @Test
  void confirmsEachVerbInVirshsWords() {
    FakeConnect.FakeDomain machine =
        services.connect.add("vm", Reason.BOOTED, 1, Persistence.PERSISTENT);

    assertEquals("Domain 'vm' is being shutdown\n\n", output("shutdown", "vm"));
    assertEquals("shutdown", machine.asked);
    assertEquals("Domain 'vm' is being rebooted\n\n", output("reboot", "vm"));
    assertEquals("Domain 'vm' was reset\n\n", output("reset", "vm"));
    assertEquals("Domain 'vm' suspended\n\n", output("suspend", "vm"));
    assertEquals("Domain 'vm' resumed\n\n", output("resume", "vm"));
    assertEquals("Domain 'vm' destroyed\n\n", output("destroy", "--domain", "vm"));
    assertEquals("Domain 'vm' marked as autostarted\n\n", output("autostart", "vm"));
    assertEquals("Domain 'vm' unmarked as autostarted\n\n", output("autostart", "vm", "--disable"));
    assertEquals(
        "error: Failed to start domain 'vm'\nerror: domain is already running\n",
        failure(1, "start", "vm"));
    assertEquals("Domain 'vm' has been undefined\n\n", output("undefine", "vm"));
    services.connect.add("vm", Reason.SHUT_DOWN, 0, Persistence.PERSISTENT);
    assertEquals("Domain 'vm' started\n\n", output("start", "vm"));
  }

  @Test
  void showsAMachine() {
    services.connect.add("vm", Reason.BOOTED, 3, Persistence.PERSISTENT);
    services.connect.xml = "<domain><os><type arch='x86_64'>hvm</type></os></domain>\n";

    assertEquals("running (booted)\n\n", output("domstate", "vm", "--reason"));
    assertEquals("3\n\n", output("domid", "vm"));
    assertEquals("vm\n\n", output("domname", "vm"));
    assertEquals("<inactive/>\n\n", output("dumpxml", "--inactive", "vm"));
    assertEquals(
        """
        Id:             3
        Name:           vm
        UUID:           %s
        OS Type:        hvm
        State:          running
        CPU(s):         2
        CPU time:       1.6s
        Max memory:     8192 KiB
        Used memory:    4096 KiB
        Persistent:     yes
        Autostart:      disable
        Managed save:   no

        """
            .formatted(services.connect.machines.get("vm").id()),
        output("dominfo", "vm"));
  }

  @Test
  void listsDevicesOfAMachine() {
    services.connect.add("vm", Reason.BOOTED, 3, Persistence.PERSISTENT);
    services.connect.xml =
        """
        <domain><devices>
          <disk type='file' device='disk'><source file='/x y'/><target dev='vda'/></disk>
          <disk type='file' device='cdrom'><target dev='hdc'/></disk>
          <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='vnet0'/>
            <model type='virtio'/><filterref filter='clean-traffic'><parameter name='IP' value='x'/></filterref></interface>
        </devices></domain>
        """;

    assertEquals(
        """
         Interface   Type     Source   Model    MAC
        -----------------------------------------------------------
         vnet0       bridge   br0      virtio   52:54:00:00:00:01

        """,
        output("domiflist", "vm"));
    assertEquals(
        """
         Type   Device   Target   Source
        ----------------------------------
         file   disk     vda      /x y
         file   cdrom    hdc      -

        """,
        output("domblklist", "vm", "--details"));
  }

  @Test
  void showsTheHost() {
    assertEquals(
        """
        CPU model:           x86_64
        CPU(s):              4
        CPU frequency:       1400 MHz
        CPU socket(s):       2
        Core(s) per socket:  2
        Thread(s) per core:  1
        NUMA cell(s):        1
        Memory size:         2048 KiB

        """,
        output("nodeinfo"));
    assertEquals("test:///default\n\n", output("uri"));
    assertEquals("host.example\n\n", output("hostname"));
    assertTrue(output("version").contains("Running hypervisor: TEST 7.2.1\n"));
  }

  @Test
  void printsEventsUntilTheFirstOrTheTimeout() {
    services.connect.add("vm", Reason.BOOTED, 3, Persistence.PERSISTENT);

    assertEquals(
        "event 'lifecycle' for domain 'vm': Started Booted\nevents received: 1\n\n",
        output("event", "--event", "lifecycle"));
    services.connect.machines.clear();
    assertEquals(1, run("event", "--all", "--timeout", "1"));
    assertEquals("event loop timed out\nevents received: 0\n", peer.printed());
    assertEquals("error: unknown event type x\n", failure(2, "event", "--event", "x"));
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

  @Test
  void convertsConfigurations() {
    services.connect.add("vm", Reason.BOOTED, 1, Persistence.PERSISTENT);
    peer.files.put("f", "<a/>");

    assertEquals("<A/>\n", output("domxml-to-native", "upper", "f"));
    assertEquals("<INACTIVE/>\n\n", output("domxml-to-native", "upper", "--domain", "vm"));
    assertEquals(
        "error: unknown format 'x', there are: upper\n", failure(1, "domxml-to-native", "x", "f"));
    assertEquals(2, run("domxml-to-native", "upper"));
  }

  @Test
  void printsNothingButResultsWhenQuiet() {
    services.connect.add("vm", Reason.BOOTED, 1, Persistence.PERSISTENT);
    peer.quiet = true;

    assertEquals(" 1   vm   running\n", output("list"));
    assertEquals("", output("destroy", "vm"));
  }

  @Test
  void helpsByDeclaration() {
    String help = output("help", "domstate");
    assertTrue(help.contains("  SYNOPSIS\n    domstate <domain> [--reason]\n"), help);
    assertEquals(help.strip(), output("domstate", "--help").strip());
    assertTrue(
        output("help", "filter")
            .contains("    nwfilter-list                  list network filters\n"));
    assertEquals("error: command or command group 'x' doesn't exist\n", failure(1, "help", "x"));
    String all = output("help");
    table
        .all()
        .forEach(
            command -> assertTrue(all.contains("    " + command.name() + " "), command.name()));
  }
}
