package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.virt.test.contract.Packets.A;
import static org.virt.test.contract.Packets.udp;
import static org.virt.test.contract.Programs.DROP_ALL;
import static org.virt.test.contract.Programs.IPV4;
import static org.virt.test.contract.Programs.IPV6;
import static org.virt.test.contract.Programs.is;
import static org.virt.test.contract.Programs.program;
import static org.virt.test.contract.Programs.root;
import static org.virt.test.contract.Programs.rule;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;

/** What lookups find, and for how long. Skipped for a technique without lookups. */
abstract class AddressContract extends TechniqueFixture {
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofHours(1);
  private static final byte[] MINE = udp("10.0.0.2", "10.0.0.2");
  private static final byte[] SPOOFED = udp("10.0.0.3", "10.0.0.3");
  private static final byte[] MINE6 = udp("fd00::2", "fd00::2");

  /** Returns a program that lets the bound addresses speak and be spoken to, nothing else. */
  private static PortProgram guarded(PortRef port) {
    return program(
        port,
        List.of(
            root(
                rule(Action.ACCEPT, Protocol.IP, is(Field.IP_SOURCE, IPV4)),
                rule(Action.ACCEPT, Protocol.IPV6, is(Field.IP_SOURCE, IPV6)),
                rule(Action.ACCEPT, Protocol.ARP, is(Field.ARP_SENDER_IP, IPV4)),
                DROP_ALL)),
        List.of(
            root(
                rule(Action.ACCEPT, Protocol.IP, is(Field.IP_DESTINATION, IPV4)),
                rule(Action.ACCEPT, Protocol.IPV6, is(Field.IP_DESTINATION, IPV6)),
                rule(Action.ACCEPT, Protocol.ARP, is(Field.ARP_TARGET_IP, IPV4)),
                DROP_ALL)));
  }

  private PortRef guard() throws Exception {
    assumeTrue(technique.probe().lookups(), "the technique has no lookups");
    PortRef port = plug();
    commit(guarded(port));
    return port;
  }

  @Test
  void findsABoundAddress() throws Exception {
    PortRef port = guard();
    expectClosed(port);
    bind(port, "10.0.0.2", LONG);
    expect(true, port, MINE);
    expect(false, port, SPOOFED, udp("fd00::3", "fd00::3"), Packets.other(A, Packets.ALL));
    bind(port, "fd00::2");
    bind(port, "10.0.0.3");
    expect(true, port, MINE, MINE6, SPOOFED);
    expect(false, port, udp("10.0.0.1", "10.0.0.1"), udp("fd00::3", "fd00::3"));
  }

  @Test
  void findsSenderAndTargetOfArp() throws Exception {
    PortRef port = guard();
    bind(port, "10.0.0.2", LONG);
    byte[] own = Packets.arp(Packets.ARP, 1, A, "10.0.0.2", A, "10.0.0.3");
    byte[] others = Packets.arp(Packets.ARP, 1, A, "10.0.0.3", A, "10.0.0.2");
    assertTrue(leaves(port, own));
    assertFalse(leaves(port, others));
    assertFalse(reaches(port, own));
    assertTrue(reaches(port, others));
  }

  @Test
  void findsAnAddressForItsPortOnly() throws Exception {
    PortRef port = guard();
    PortRef other = guard();
    bind(port, "10.0.0.2");
    bind(other, "10.0.0.3");
    expect(true, port, MINE);
    expect(false, port, SPOOFED);
    expect(true, other, SPOOFED);
    expect(false, other, MINE);
  }

  @Test
  void findsAnAddressNoLongerWhenItIsDropped() throws Exception {
    PortRef port = guard();
    PortRef other = guard();
    AddressBinding address = binding(port, "10.0.0.2", Optional.empty());
    AddressBinding same = binding(other, "10.0.0.2", Optional.of(LONG));
    technique.bind(List.of(address, same), List.of());
    expect(true, port, MINE);
    technique.bind(List.of(binding(port, "10.0.0.3", Optional.of(LONG))), List.of(address));
    expect(false, port, MINE);
    expect(true, port, SPOOFED);
    expect(true, other, MINE);
    technique.bind(List.of(), List.of(address, binding(port, "fd00::7", Optional.empty())));
    expect(false, port, MINE);
    expect(true, port, SPOOFED);
  }

  @Test
  void forgetsAnAddressAtItsEnd() throws Exception {
    PortRef port = guard();
    bind(port, "10.0.0.3");
    bind(port, "10.0.0.2", SHORT);
    expect(true, port, MINE);
    stop(technique);
    try {
      await("the address expires", () -> !leaves(port, MINE) && !reaches(port, MINE));
    } finally {
      technique = start();
    }
    expect(true, port, SPOOFED);
    await("it is gone from the list", () -> listed(port).orElseThrow().addresses().size() == 1);
    bind(port, "10.0.0.2", LONG);
    expect(true, port, MINE);
  }

  @Test
  void keepsAnAddressThatIsRenewed() throws Exception {
    PortRef port = guard();
    bind(port, "10.0.0.2", SHORT);
    bind(port, "fd00::2", SHORT);
    bind(port, "10.0.0.2", LONG);
    technique.bind(List.of(binding(port, "fd00::2", Optional.empty())), List.of());
    bind(port, "10.0.0.3", SHORT);
    await("a later one expires", () -> !leaves(port, SPOOFED));
    expect(true, port, MINE, MINE6);
  }

  @Test
  void endsAnAddressSoonerWhenToldSo() throws Exception {
    PortRef port = guard();
    bind(port, "10.0.0.2");
    bind(port, "10.0.0.2", SHORT);
    await("the address expires", () -> !leaves(port, MINE));
  }

  @Test
  void replacesAddressesTogetherWithTheProgram() throws Exception {
    assumeTrue(technique.probe().lookups(), "the technique has no lookups");
    PortRef port = plug();
    PortRef other = plug();
    Program program = guarded(port).program();
    AddressBinding mine = binding(port, "10.0.0.2", Optional.of(LONG));
    AddressBinding mine6 = binding(port, "fd00::2", Optional.empty());
    commit(
        new PortProgram(port, program, List.of(mine, mine6)),
        new PortProgram(other, program, List.of(binding(other, "10.0.0.3", Optional.of(SHORT)))));
    expect(true, port, MINE, MINE6);
    expect(false, port, SPOOFED);
    expect(false, other, MINE, MINE6);
    await("the other's address expires", () -> !leaves(other, SPOOFED));
    commit(new PortProgram(port, program, List.of(binding(port, "10.0.0.3", Optional.empty()))));
    expect(true, port, SPOOFED);
    expect(false, port, MINE, MINE6);
    restart();
    commit(new PortProgram(port, program));
    expectClosed(port);
    assertEquals(List.of(), listed(port).orElseThrow().addresses());
  }

  @Test
  void takesAddressesAwayWithThePort() throws Exception {
    PortRef port = guard();
    PortRef other = guard();
    bind(port, "10.0.0.2");
    bind(other, "10.0.0.2");
    technique.remove(List.of(port));
    commit(guarded(port));
    expectClosed(port);
    expect(true, other, MINE);
  }

  @Test
  void tellsAddressesAndWhatIsLeftOfThem() throws Exception {
    PortRef port = guard();
    bind(port, "10.0.0.2", LONG);
    bind(port, "fd00::2");
    restart();
    List<AddressBinding> addresses = listed(port).orElseThrow().addresses();
    assertEquals(2, addresses.size(), addresses.toString());
    for (AddressBinding address : addresses) {
      assertEquals(port, address.port());
      if (address.address().equals(Packets.address("fd00::2"))) {
        assertEquals(Optional.empty(), address.lifetime());
      } else {
        assertEquals(Packets.address("10.0.0.2"), address.address());
        Duration left = address.lifetime().orElseThrow();
        assertTrue(left.compareTo(LONG) <= 0, left.toString());
        assertTrue(left.compareTo(LONG.minusMinutes(1)) > 0, left.toString());
      }
    }
    expect(true, port, MINE, MINE6);
    technique.bind(List.of(), addresses);
    expectClosed(port);
  }

  @Test
  void bindsManyAtOnce() throws Exception {
    PortRef port = guard();
    List<AddressBinding> many =
        IntStream.range(0, 1000)
            .mapToObj(i -> binding(port, "10.1." + i / 250 + "." + i % 250, Optional.of(LONG)))
            .toList();
    technique.bind(many, List.of());
    assertEquals(1000, listed(port).orElseThrow().addresses().size());
    expect(true, port, udp("10.1.3.249", "10.1.3.249"));
    technique.bind(List.of(), many);
    assertEquals(List.of(), listed(port).orElseThrow().addresses());
  }
}
