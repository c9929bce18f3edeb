package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.virt.test.contract.Packets.A;
import static org.virt.test.contract.Packets.ALL;
import static org.virt.test.contract.Packets.udp;
import static org.virt.test.contract.Programs.ACCEPT_ALL;
import static org.virt.test.contract.Programs.DROP_ALL;
import static org.virt.test.contract.Programs.jump;
import static org.virt.test.contract.Programs.number;
import static org.virt.test.contract.Programs.open;
import static org.virt.test.contract.Programs.program;
import static org.virt.test.contract.Programs.root;
import static org.virt.test.contract.Programs.rule;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.FilterTechnique.Prepared;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step.Action;

/**
 * What every filter technique obeys: the meaning of programs, how addresses and rules change, and
 * that no port is ever open by accident. Extend it in the technique's own tests; {@link
 * TechniqueFixture} says what it needs.
 */
public abstract class FilterTechniqueContract extends MeaningContract {
  private static final byte[] GOOD = udp("10.0.0.2", "10.0.0.9");
  private static final byte[] ARP = Packets.arp(Packets.ARP, A, "10.0.0.2");
  private static final byte[] OTHER = Packets.other(A, ALL);

  @Test
  void isUsableHere() {
    assertTrue(technique.probe().usable(), technique.probe().details().toString());
    assertFalse(technique.probe().details().isEmpty());
  }

  @Test
  void closesAMemberOfTheGroupWithoutProgram() throws Exception {
    PortRef bound = plug();
    PortRef unbound = plug();
    commit(open(bound));
    expectOpen(bound);
    expectClosed(unbound);
    assertFalse(lab.passes(bound, OTHER, unbound));
    assertFalse(lab.passes(unbound, OTHER, bound));
  }

  @Test
  void closesAnInterfaceThatIsMadeAgainUnderItsName() throws Exception {
    PortRef first = plug("vcagain");
    commit(open(first));
    expectOpen(first);
    unplug(first);
    PortRef second = plug("vcagain");
    expectClosed(second);
    commit(open(second));
    expectOpen(second);
    technique.remove(List.of(first));
    expectOpen(second);
  }

  @Test
  void looksAtEachDirectionApart() throws Exception {
    PortRef port = plug();
    commit(program(port, List.of(root(DROP_ALL)), List.of()));
    assertFalse(leaves(port, OTHER));
    assertTrue(reaches(port, OTHER));
    commit(program(port, List.of(), List.of(root(DROP_ALL))));
    assertTrue(leaves(port, OTHER));
    assertFalse(reaches(port, OTHER));
  }

  @Test
  void asksBothPortsBetweenGuests() throws Exception {
    PortRef from = plug();
    PortRef to = plug();
    commit(program(from, ACCEPT_ALL), program(to, List.of(), List.of(root(DROP_ALL))));
    assertFalse(lab.passes(from, OTHER, to));
    assertTrue(lab.passes(to, OTHER, from));
    commit(program(from, DROP_ALL), program(to, ACCEPT_ALL));
    assertFalse(lab.passes(from, OTHER, to));
    assertFalse(lab.passes(to, OTHER, from));
    commit(program(from, ACCEPT_ALL));
    assertTrue(lab.passes(from, OTHER, to));
  }

  @Test
  void takesEveryInterfaceName() throws Exception {
    PortRef port = plug("v\"};$*'\\#@{|>~");
    long number = commit(program(port, rule(Action.DROP, Protocol.IP)));
    expect(false, port, GOOD);
    expect(true, port, ARP);
    assertEquals(port, listed(port).orElseThrow().port());
    assertEquals(number, listed(port).orElseThrow().generation());
  }

  @Test
  void refusesWhatItCannotEnforce() throws Exception {
    PortRef good = plug();
    PortRef port = plug();
    expectRefusal(impossible(port));
    expectRefusal(open(good), impossible(port));
    assertEquals(List.of(), technique.list());
    expectClosed(good);
  }

  @Test
  void refusesChainsThatGoInACircle() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    PortProgram program = program(port, DROP_ALL);
    commit(program);
    Chain first = new Chain("a", List.of(jump("b", Protocol.MAC)));
    Chain second = new Chain("b", List.of(jump("a", Protocol.IP)));
    PortProgram circle = program(port, root(jump("a", Protocol.MAC)), first, second);
    VirtException failure = assertThrows(VirtException.class, () -> commit(open(other), circle));
    assertTrue(failure.getMessage().contains(port.id().name()), failure.getMessage());
    expectClosed(port);
    expectClosed(other);
    assertEquals(program.program().digest(), listed(port).orElseThrow().digest());
    assertEquals(1, technique.list().size());
    commit(open(other));
    expectOpen(other);
  }

  /** Its bundle may leave while it is used, and who comes then finds the host to itself. */
  @Test
  void changesNothingOnceItIsStopped() throws Exception {
    PortRef port = plug();
    commit(program(port, rule(Action.DROP, Protocol.IP)));
    FilterTechnique stopped = technique;
    Prepared late = stopped.prepare(nextGeneration(), List.of(open(port)));
    restart();
    assertThrows(VirtException.class, late::commit);
    late.discard();
    assertThrows(VirtException.class, () -> stopped.remove(List.of(port)));
    expect(false, port, GOOD);
    expect(true, port, ARP);
    commit(open(port));
    expectOpen(port);
  }

  @Test
  void changesNothingWhenTheHostRefuses() throws Exception {
    PortRef port = plug();
    PortRef second = plug();
    PortProgram program = program(port, rule(Action.DROP, Protocol.IP));
    commit(program);
    Optional<FilterTechnique> other = refused();
    assumeTrue(other.isPresent(), "there is no way to have a commit refused");
    FilterTechnique refused = other.get();
    try {
      Prepared prepared = refused.prepare(nextGeneration(), List.of(open(port), open(second)));
      fails(ErrorCode.BUILD_FIREWALL, prepared::commit);
      prepared.discard();
      fails(ErrorCode.BUILD_FIREWALL, () -> refused.remove(List.of(port)));
      fails(
          ErrorCode.BUILD_FIREWALL,
          () -> refused.bind(List.of(binding(port, "10.0.0.2", Optional.empty())), List.of()));
    } finally {
      stop(refused);
    }
    expect(false, port, GOOD);
    expect(true, port, ARP);
    expectClosed(second);
    assertEquals(program.program().digest(), listed(port).orElseThrow().digest());
    assertEquals(List.of(), listed(port).orElseThrow().addresses());
    commit(open(port));
    expectOpen(port);
  }
}
