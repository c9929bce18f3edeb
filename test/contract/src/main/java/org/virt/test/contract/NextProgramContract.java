package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.virt.test.contract.Packets.udp;
import static org.virt.test.contract.Programs.DROP_ALL;
import static org.virt.test.contract.Programs.IPV4;
import static org.virt.test.contract.Programs.is;
import static org.virt.test.contract.Programs.open;
import static org.virt.test.contract.Programs.program;
import static org.virt.test.contract.Programs.rule;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;

/** A program that is told in advance: it decides about nothing before it is committed itself. */
abstract class NextProgramContract extends AddressContract {
  private static final byte[] MINE = udp("10.0.0.2", "10.0.0.2");
  private static final byte[] SPOOFED = udp("10.0.0.3", "10.0.0.3");

  /** Returns a program that closes a port, before another one. */
  private static PortProgram closedBefore(PortProgram next) {
    PortProgram closed = program(next.port(), DROP_ALL);
    return new PortProgram(next.port(), closed.program(), List.of(), Optional.of(next.program()));
  }

  private void expectProgram(PortProgram program) throws Exception {
    assertEquals(
        List.of(program.program().digest()),
        technique.list().stream()
            .filter(p -> p.port().equals(program.port()))
            .map(p -> p.digest())
            .toList());
  }

  @Test
  void keepsAPortAsItIsUntilTheNextProgramIsCommitted() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    commit(closedBefore(open(port)), closedBefore(open(other)));
    expectClosed(port);
    expectProgram(closedBefore(open(port)));
    commit(open(port));
    expectOpen(port);
    expectProgram(open(port));
    expectClosed(other);
    commit(closedBefore(open(port)));
    expectClosed(port);
    expectProgram(closedBefore(open(port)));
  }

  @Test
  void bringsTheNextProgramAfterARestart() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    commit(closedBefore(open(port)), closedBefore(open(other)));
    restart();
    expectClosed(port);
    expectProgram(closedBefore(open(port)));
    commit(open(port));
    expectOpen(port);
    expectProgram(open(port));
    restart();
    expectOpen(port);
    expectProgram(open(port));
    expectClosed(other);
  }

  @Test
  void takesAnotherProgramThanTheNextOne() throws Exception {
    PortRef port = plug();
    commit(closedBefore(open(port)));
    PortProgram another = program(port, rule(Action.DROP, Protocol.IP));
    commit(another);
    expect(false, port, MINE);
    expect(true, port, Packets.other(Packets.A, Packets.ALL));
    expectProgram(another);
    commit(closedBefore(another));
    commit(open(port));
    expectOpen(port);
    commit(closedBefore(another));
    commit(another);
    expect(false, port, MINE);
    expectProgram(another);
  }

  @Test
  void forgetsTheNextProgramWithThePort() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    commit(closedBefore(open(port)), closedBefore(open(other)));
    technique.remove(List.of(port));
    expectClosed(port);
    commit(open(other));
    expectOpen(other);
    commit(program(port, DROP_ALL));
    expectClosed(port);
    commit(open(port));
    expectOpen(port);
  }

  @Test
  void takesAPortOfTheSameIndexAndAnotherAddressForAnother() throws Exception {
    PortRef port = plug();
    PortRef moved = new PortRef(port.id(), port.index(), Packets.B);
    PortProgram own = ownFramesOnly(port);
    commit(closedBefore(own));
    commit(new PortProgram(moved, own.program()));
    byte[] ofOld = Packets.other(Packets.A, Packets.ALL);
    byte[] ofNew = Packets.other(Packets.B, Packets.ALL);
    assertFalse(leaves(port, ofOld));
    assertTrue(leaves(port, ofNew));
    technique.remove(List.of(moved));
  }

  private static PortProgram ownFramesOnly(PortRef port) {
    return program(
        port,
        List.of(
            Programs.root(
                rule(Action.ACCEPT, Protocol.MAC, is(Field.ETHER_SOURCE, new Operand.PortMac())),
                DROP_ALL)),
        List.of());
  }

  @Test
  void findsTheAddressesThatComeWithTheNextProgram() throws Exception {
    assumeTrue(technique.probe().lookups(), "the technique has no lookups");
    PortRef port = plug();
    PortProgram mine =
        program(port, rule(Action.ACCEPT, Protocol.IP, is(Field.IP_SOURCE, IPV4)), DROP_ALL);
    commit(closedBefore(mine));
    AddressBinding early = binding(port, "10.0.0.3", Optional.empty());
    technique.bind(List.of(early), List.of());
    expectClosed(port);
    AddressBinding address = binding(port, "10.0.0.2", Optional.empty());
    commit(new PortProgram(port, mine.program(), List.of(address)));
    expect(true, port, MINE);
    expect(false, port, SPOOFED);
    assertEquals(List.of(address), listed(port).orElseThrow().addresses());
    technique.bind(List.of(early), List.of(address));
    expect(false, port, MINE);
    expect(true, port, SPOOFED);
    commit(closedBefore(mine));
    expectClosed(port);
    assertEquals(List.of(), listed(port).orElseThrow().addresses());
  }
}
