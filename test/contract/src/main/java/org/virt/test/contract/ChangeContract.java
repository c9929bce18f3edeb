package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.test.contract.Packets.A;
import static org.virt.test.contract.Packets.ALL;
import static org.virt.test.contract.Packets.udp;
import static org.virt.test.contract.Programs.DROP_ALL;
import static org.virt.test.contract.Programs.is;
import static org.virt.test.contract.Programs.net;
import static org.virt.test.contract.Programs.open;
import static org.virt.test.contract.Programs.program;
import static org.virt.test.contract.Programs.root;
import static org.virt.test.contract.Programs.rule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.FilterTechnique.Prepared;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

/** How rules come, are replaced, and go. */
abstract class ChangeContract extends NextProgramContract {
  private static final int REPLACEMENTS = 20;
  private static final int FRAMES_EACH = 4;
  private static final Duration CHANGING = Duration.ofSeconds(3);
  private static final byte[] GOOD = udp("10.0.0.2", "10.0.0.2");
  private static final byte[] SPOOFED = udp("10.0.0.3", "10.0.0.3");
  private static final byte[] OTHER = Packets.other(A, ALL);

  private static Step allow(String address) {
    return rule(Action.ACCEPT, Protocol.IP, is(Field.IP_SOURCE, net(address, 32)));
  }

  @Test
  void changesNothingBeforeACommit() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    PortProgram dropping = program(port, DROP_ALL);
    commit(dropping);
    List<InstalledProgram> before = technique.list();
    Prepared prepared = technique.prepare(nextGeneration(), List.of(open(port), open(other)));
    assertFalse(prepared.text().isBlank());
    expectClosed(port);
    expectWithoutProgram(other);
    assertEquals(before, technique.list());
    prepared.discard();
    prepared.discard();
    expectClosed(port);
    expectWithoutProgram(other);
    assertEquals(before, technique.list());
  }

  @Test
  void keepsWhatWasCommittedWhenItIsDiscarded() throws Exception {
    PortRef port = plug();
    Prepared prepared = technique.prepare(nextGeneration(), List.of(open(port)));
    prepared.commit();
    prepared.discard();
    expectOpen(port);
  }

  @Test
  void commitsSeveralAtOnce() throws Exception {
    List<PortRef> ports = List.of(plug(), plug(), plug());
    long number =
        commit(
            program(ports.get(0), allow("10.0.0.2"), DROP_ALL),
            program(ports.get(1), allow("10.0.0.3"), DROP_ALL),
            open(ports.get(2)));
    expect(true, ports.get(0), GOOD);
    expect(false, ports.get(0), SPOOFED, OTHER);
    expect(true, ports.get(1), SPOOFED);
    expect(false, ports.get(1), GOOD, OTHER);
    expectOpen(ports.get(2));
    assertEquals(3, technique.list().size());
    for (InstalledProgram program : technique.list()) {
      assertEquals(number, program.generation());
    }
  }

  @Test
  void commitsNothing() throws Exception {
    PortRef port = plug();
    commit(open(port));
    commit();
    technique.bind(List.of(), List.of());
    technique.remove(List.of());
    expectOpen(port);
  }

  @Test
  void replacesAllOrNothing() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    commit(program(port, allow("10.0.0.2"), DROP_ALL));
    List<InstalledProgram> before = technique.list();
    expectRefusal(open(port), impossible(other));
    expectRefusal(open(other), impossible(port));
    assertEquals(before, technique.list());
    expect(true, port, GOOD);
    expect(false, port, SPOOFED);
    expectWithoutProgram(other);
  }

  @Test
  void closesWhatIsRemoved() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    commit(open(port), open(other));
    technique.remove(List.of(port));
    expectClosed(port);
    expectOpen(other);
    assertTrue(listed(port).isEmpty());
    assertTrue(listed(other).isPresent());
    technique.remove(List.of(port));
    PortRef unknown = new PortRef(new PortId("nobody"), 1_000_000, A);
    technique.remove(List.of(unknown, other));
    expectClosed(other);
    assertEquals(List.of(), technique.list());
  }

  @Test
  void forgetsAPortThatIsGone() throws Exception {
    PortRef port = plug("vcgone");
    commit(open(port));
    unplug(port);
    assertEquals(port, listed(port).orElseThrow().port());
    technique.remove(List.of(port));
    assertEquals(List.of(), technique.list());
  }

  @Test
  void tellsWhatIsInForce() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    PortProgram first = program(port, allow("10.0.0.2"));
    PortProgram second = program(other, allow("10.0.0.3"));
    long one = commit(first);
    long two = commit(second);
    InstalledProgram firstListed =
        new InstalledProgram(port, one, first.program().digest(), List.of());
    assertEquals(Optional.of(firstListed), listed(port));
    PortProgram third = program(port, allow("10.0.0.4"));
    long three = commit(third);
    InstalledProgram now = new InstalledProgram(port, three, third.program().digest(), List.of());
    assertEquals(Optional.of(now), listed(port));
    assertEquals(
        Optional.of(new InstalledProgram(other, two, second.program().digest(), List.of())),
        listed(other));
    assertEquals(2, technique.list().size());
  }

  @Test
  void leavesNothingOfWhatItReplaces() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    Chain chain = new Chain("ipv4", List.of(allow("10.0.0.2")));
    PortProgram program = program(port, root(Programs.jump("ipv4", Protocol.IP), DROP_ALL), chain);
    commit(open(other));
    long without = rules().lines().count();
    commit(program);
    long with = rules().lines().count();
    for (int i = 0; i < 3; i++) {
      commit(program);
      assertEquals(with, rules().lines().count(), rules());
      restart();
    }
    commit(program);
    assertEquals(with, rules().lines().count(), rules());
    technique.remove(List.of(port));
    assertEquals(without, rules().lines().count(), rules());
  }

  @Test
  void takesOverWhatAnInstanceBeforeItCommitted() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    PortProgram program = program(port, allow("10.0.0.2"), DROP_ALL);
    long number = commit(program, open(other));
    stop(technique);
    try {
      expect(true, port, GOOD);
      expect(false, port, SPOOFED);
    } finally {
      technique = start();
    }
    assertEquals(
        Optional.of(new InstalledProgram(port, number, program.program().digest(), List.of())),
        listed(port));
    expect(true, port, GOOD);
    expect(false, port, SPOOFED);
    commit(program(port, allow("10.0.0.3"), DROP_ALL));
    expect(false, port, GOOD);
    expect(true, port, SPOOFED);
    technique.remove(List.of(other));
    expectClosed(other);
    assertEquals(1, technique.list().size());
  }

  @Test
  void replacesWithoutAGap() throws Exception {
    PortRef port = plug();
    PortRef other = plug();
    List<PortProgram> programs = new ArrayList<>();
    for (int i = 0; i < REPLACEMENTS; i++) {
      Step step = i % 2 == 0 ? allow("10.0.0.2") : Programs.jump("ipv4", Protocol.IP);
      Chain chain = new Chain("ipv4", List.of(allow("10.9.9." + i), allow("10.0.0.2")));
      Chain filter = root(step, DROP_ALL);
      programs.add(i % 2 == 0 ? program(port, filter) : program(port, filter, chain));
    }
    commit(programs.get(0));
    AtomicInteger frames = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    FutureTask<Void> changes =
        new FutureTask<>(
            () -> {
              for (PortProgram program : programs) {
                int seen = frames.get();
                commit(program, program(other, DROP_ALL));
                while (frames.get() < seen + FRAMES_EACH && !over.get()) {
                  LockSupport.parkNanos(100_000);
                }
              }
              return null;
            });
    Thread thread = new Thread(changes, "contract-replacements");
    thread.start();
    try {
      while (!changes.isDone()) {
        expect(true, port, GOOD);
        expect(false, port, SPOOFED);
        frames.addAndGet(4);
      }
      changes.get();
    } finally {
      over.set(true);
      thread.join();
    }
    assertEquals(
        programs.get(REPLACEMENTS - 1).program().digest(), listed(port).orElseThrow().digest());
  }

  /** Rules that are new with each change, as fast as they can be changed. */
  @Test
  void passesNothingForeignWhileRulesChangeAllTheTime() throws Exception {
    PortRef port = plug();
    commit(program(port, allow("10.0.0.2"), DROP_ALL));
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger commits = new AtomicInteger();
    FutureTask<Void> changes =
        new FutureTask<>(
            () -> {
              while (!over.get()) {
                int number = commits.incrementAndGet();
                String other = "10.8." + number % 250 + "." + number / 250 % 250;
                commit(program(port, allow(other), allow("10.0.0.2"), DROP_ALL));
              }
              return null;
            });
    Thread thread = new Thread(changes, "contract-changes");
    thread.start();
    try {
      long end = System.nanoTime() + CHANGING.toNanos();
      while (System.nanoTime() - end < 0) {
        assertFalse(leaves(port, SPOOFED), "from the guest");
        assertFalse(reaches(port, SPOOFED), "towards the guest");
      }
    } finally {
      over.set(true);
      thread.join();
    }
    changes.get();
    assertTrue(commits.get() > 1, "the rules have changed");
    expect(true, port, GOOD);
  }
}
