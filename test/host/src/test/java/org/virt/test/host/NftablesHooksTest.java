package org.virt.test.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** The odd ways of frames through a bridge, and who else may touch the table. */
@PrivateNetwork
class NftablesHooksTest {
  private static final Program OPEN = new Program(List.of(), List.of());
  private static final MacAddress PORT_ACCESS = MacAddress.parse("01:80:c2:00:00:03");
  private static final int PORT_ACCESS_TYPE = 0x888e;
  private static final int IGMP = 2;
  private static final int ETHER_HEADER = 14;

  private Lab lab;
  private NftablesTechnique technique;
  private Endpoint guest;

  @BeforeEach
  void open() throws Exception {
    lab = Lab.open();
    technique = new NftablesTechnique();
    guest = lab.plug("vnet0", FilterTechnique.PORT_GROUP);
  }

  @AfterEach
  void cleanUp() throws Exception {
    technique.close();
    lab.close();
  }

  private void open(Endpoint port) throws VirtException {
    technique.prepare(1, List.of(new PortProgram(port.port(), OPEN))).commit();
  }

  private void close(Endpoint port) throws VirtException {
    technique.remove(List.of(port.port()));
  }

  @Test
  void closesGroupAddressesThatTheBridgeKeeps() throws Exception {
    byte[] frame = Frames.ethernet(guest.mac(), PORT_ACCESS, PORT_ACCESS_TYPE, new byte[40]);
    open(guest);
    assertTrue(seenByTheHost(frame));
    close(guest);
    assertFalse(seenByTheHost(frame));
  }

  /** Frames to these addresses reach whoever listens on the port itself, past the input hook. */
  private boolean seenByTheHost(byte[] frame) throws Exception {
    Command.of("nft", "-f", "-")
        .withInput(
            """
            table bridge probe {
              counter seen { }
              chain input {
                type filter hook input priority 300;
                iifname "vnet0" ether type 0x888e counter name seen
              }
            }
            """)
        .require();
    try {
      lab.leaves(guest, frame);
      String counter = Command.of("nft", "list", "counter", "bridge", "probe", "seen").require();
      return !counter.contains("packets 0 ");
    } finally {
      Command.of("nft", "delete", "table", "bridge", "probe").require();
    }
  }

  @Test
  void closesWhatTheBridgeItselfSays() throws Exception {
    open(guest);
    Lab.ip("link set br0 type bridge mcast_snooping 1 mcast_querier 1");
    Lab.await("an IGMP query reaches an open port", () -> hearsQuery(guest));
    close(guest);
    Endpoint other = lab.plug("vnet1", FilterTechnique.PORT_GROUP);
    while (guest.poll().isPresent()) {
      continue;
    }
    open(other);
    // The bridge asks all its ports at once: what one hears the other would have heard, too.
    Lab.ip("link set br0 type bridge mcast_querier 0");
    Lab.ip("link set br0 type bridge mcast_querier 1");
    Lab.await("an IGMP query reaches the other port", () -> hearsQuery(other));
    assertFalse(hearsQuery(guest));
  }

  private static boolean hearsQuery(Endpoint endpoint) {
    try {
      for (Optional<byte[]> f = endpoint.poll(); f.isPresent(); f = endpoint.poll()) {
        byte[] frame = f.get();
        if (frame[12] == 8 && frame[13] == 0 && frame[ETHER_HEADER + 9] == IGMP) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void closesBpdusOfABridgeWithSpanningTree() throws Exception {
    Lab.ip("link set br0 type bridge stp_state 1 hello_time 100");
    open(guest);
    Lab.await("a BPDU reaches an open port", () -> hearsBpdu(guest));
    close(guest);
    Endpoint other = lab.plug("vnet1", FilterTechnique.PORT_GROUP);
    open(other);
    while (guest.poll().isPresent()) {
      continue;
    }
    Lab.await("a BPDU reaches the other port", () -> hearsBpdu(other));
    assertFalse(hearsBpdu(guest));
  }

  private static boolean hearsBpdu(Endpoint endpoint) {
    try {
      for (Optional<byte[]> f = endpoint.poll(); f.isPresent(); f = endpoint.poll()) {
        if (MacAddress.of(f.get(), 0).equals(Frames.BRIDGE_GROUP)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void closesAPortWithoutBridge() throws Exception {
    Lab.ip("link set vnet0 nomaster");
    Lab.ip("address add 10.9.0.1/24 dev vnet0");
    guest.command("ip", "address", "add", "10.9.0.2/24", "dev", "eth0").require();
    Command ping = guest.command("ping", "-c", "1", "-W", "1", "10.9.0.1");
    assumeTrue(ping.run().ok(), "needs ping");
    open(guest);
    assertFalse(ping.run().ok(), "IPv4 with a known neighbour");
    guest.command("ip", "neighbour", "flush", "dev", "eth0").require();
    assertFalse(ping.run().ok(), "ARP");
    Lab.ip("neighbour flush dev vnet0");
    assertFalse(Command.of("ping", "-c", "1", "-W", "1", "10.9.0.2").run().ok(), "from the host");
  }

  @Test
  void refusesAMacvlanByName() throws Exception {
    Lab.ip("link add lan9 link br0 type macvlan");
    PortRef port =
        new PortRef(
            new PortId("lan9"),
            lab.links().find(new PortId("lan9")).orElseThrow().index(),
            guest.mac());
    PortProgram program = new PortProgram(port, OPEN);
    VirtException failure =
        assertThrows(VirtException.class, () -> technique.prepare(1, List.of(program)));
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, failure.code());
    assertTrue(failure.getMessage().contains("lan9"), failure.getMessage());
  }

  @Test
  void leavesBridgedPacketsThatMeetTheIpHooksToTheProgram() throws Exception {
    Result on = Command.of("sh", "-c", "echo 1 | tee /proc/sys/net/bridge/bridge-nf-call-*").run();
    assumeTrue(on.ok(), "needs br_netfilter");
    Endpoint peer = lab.plug("vnet1");
    guest.command("ip", "address", "add", "10.9.0.2/24", "dev", "eth0").require();
    peer.command("ip", "address", "add", "10.9.0.3/24", "dev", "eth0").require();
    Command ping = guest.command("ping", "-c", "1", "-W", "1", "10.9.0.3");
    open(guest);
    assertTrue(ping.run().ok(), "open");
    close(guest);
    assertFalse(ping.run().ok(), "closed");
  }

  @Test
  void keepsTheTableFromOthersAndTakesItOverAgain() throws Exception {
    boolean owned =
        technique.check().stream()
            .anyMatch(f -> f.what().contains("owner") && f.remedy().isEmpty());
    assumeTrue(owned, "needs Linux 6.9: tables with an owner");
    byte[] frame = Frames.udp(guest.mac(), Frames.BROADCAST, "10.0.0.2", "10.0.0.255");
    open(guest);
    close(guest);
    Command.of("nft", "flush", "ruleset").run();
    Result delete = Command.of("nft", "delete", "table", "bridge", "org_virt").run();
    assertTrue(delete.err().contains("not permitted"), delete.err());
    assertFalse(lab.leaves(guest, frame));
    technique.close();
    assertFalse(lab.leaves(guest, frame));
    technique = new NftablesTechnique();
    assertEquals(List.of(), technique.list());
    Command.of("nft", "flush", "ruleset").run();
    assertFalse(lab.leaves(guest, frame), "the table was not taken over");
    NftablesTechnique second = new NftablesTechnique();
    VirtException failure =
        assertThrows(VirtException.class, () -> second.remove(List.of(guest.port())));
    second.close();
    assertTrue(
        failure.getMessage().contains("another running process owns the table org_virt"),
        failure.getMessage());
  }

  @Test
  void closesAgainWhatSomebodyElseFlushed() throws Exception {
    byte[] frame = Frames.udp(guest.mac(), Frames.BROADCAST, "10.0.0.2", "10.0.0.255");
    open(guest);
    technique.close();
    technique = new NftablesTechnique();
    Command.of("nft", "delete", "table", "bridge", "org_virt").require();
    Endpoint other = lab.plug("vnet1", FilterTechnique.PORT_GROUP);
    open(other);
    assertTrue(lab.leaves(other, frame));
    assertFalse(lab.leaves(guest, frame));
  }
}
