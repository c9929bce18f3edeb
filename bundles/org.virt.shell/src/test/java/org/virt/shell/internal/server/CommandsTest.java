package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary.Persistence;

/** What commands about machines and the host print, against virsh's formats. */
class CommandsTest extends CommandFixture {
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
