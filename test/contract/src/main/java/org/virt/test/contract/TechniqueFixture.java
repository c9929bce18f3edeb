package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/** What a technique gives to its contract's tests, and what these share. Leaves nothing behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TechniqueFixture {
  private static final long POLL_NANOS = 1_000_000;

  private final Deque<PortRef> free = new ArrayDeque<>();
  private final List<PortRef> lent = new ArrayList<>();
  private final List<PortRef> named = new ArrayList<>();
  private final AtomicInteger names = new AtomicInteger();
  private String foreign;
  private long generation;

  /** Where frames are sent. */
  protected FrameLab lab;

  /** The technique. */
  protected FilterTechnique technique;

  /** Makes the place where frames are sent; once for all tests. */
  protected abstract FrameLab openLab() throws Exception;

  /** Makes an instance of the technique; the one before it has been {@linkplain #stop stopped}. */
  protected abstract FilterTechnique start() throws Exception;

  /** Ends an instance as its bundle's end does: the rules stay. */
  protected abstract void stop(FilterTechnique instance) throws Exception;

  /**
   * Makes an instance whose changes the host refuses while the first one runs, at commit and not
   * before; absent when there is no way to have that.
   */
  protected Optional<FilterTechnique> refused() throws Exception {
    return Optional.empty();
  }

  /** Returns the fields that the technique cannot look at, and refuses by name. */
  protected Set<Field> unsupported() {
    return Set.of();
  }

  /** Says whether the technique can compare a field with an operand; what it cannot it refuses. */
  protected boolean supports(Field field, Operand operand) {
    return !unsupported().contains(field);
  }

  /** The same for a rule of a protocol. */
  protected boolean supports(Protocol protocol, Match match) {
    return supports(match.field(), match.operand());
  }

  /** Says whether an interface of the group is closed before it has its first program. */
  protected boolean closesMembers() {
    return true;
  }

  /**
   * Returns a text of all that the host has of the technique, a line for each rule; as long as
   * before when as much is there. Empty where nobody can tell.
   */
  protected String rules() throws Exception {
    return "";
  }

  /** Returns how long something may take that the kernel does by itself. */
  protected Duration limit() {
    return Duration.ofSeconds(10);
  }

  @BeforeAll
  final void openTheLab() throws Exception {
    lab = openLab();
    foreign = lab.foreignRules();
    assertFalse(foreign.isBlank(), "the lab has no rules of others");
  }

  @AfterAll
  final void closeTheLab() throws Exception {
    if (lab == null) {
      return;
    }
    for (PortRef port : free) {
      lab.unplug(port);
    }
    lab.close();
  }

  @BeforeEach
  final void startTechnique() throws Exception {
    technique = start();
    for (InstalledProgram program : technique.list()) {
      generation = Math.max(generation, program.generation());
    }
  }

  @AfterEach
  final void removePorts() throws Exception {
    try {
      technique.remove(lent);
      technique.remove(named);
      assertEquals(List.of(), technique.list());
    } finally {
      for (PortRef port : named) {
        lab.unplug(port);
      }
      named.clear();
      free.addAll(lent);
      lent.clear();
      stop(technique);
    }
    assertEquals(foreign, lab.foreignRules(), "rules of others");
  }

  /** Returns an interface without program or addresses; another test may have used it before. */
  protected final PortRef plug() throws Exception {
    PortRef port = free.isEmpty() ? lab.plug("vc" + names.incrementAndGet()) : free.pop();
    lent.add(port);
    return port;
  }

  /** Makes an interface, which is deleted after the test. */
  protected final PortRef plug(String name) throws Exception {
    PortRef port = lab.plug(name);
    named.add(port);
    return port;
  }

  /** Deletes an interface that has a name of its own, not its rules. */
  protected final void unplug(PortRef port) throws Exception {
    lab.unplug(port);
  }

  /** Stops the instance and takes a new one. */
  protected final void restart() throws Exception {
    stop(technique);
    technique = start();
  }

  /** Returns a number greater than all before. */
  protected final long nextGeneration() {
    return ++generation;
  }

  /** Commits programs and returns their generation. */
  protected final long commit(PortProgram... programs) throws VirtException {
    long number = nextGeneration();
    technique.prepare(number, List.of(programs)).commit();
    return number;
  }

  /** Commits a program of one chain that does the same both ways. */
  protected final void commit(PortRef port, Step... steps) throws VirtException {
    commit(Programs.program(port, steps));
  }

  /** Has lookups of a port find an address for some time. */
  protected final void bind(PortRef port, String address, Duration lifetime) throws VirtException {
    technique.bind(List.of(binding(port, address, Optional.of(lifetime))), List.of());
  }

  /** Has lookups of a port find an address until it is dropped. */
  protected final void bind(PortRef port, String address) throws VirtException {
    technique.bind(List.of(binding(port, address, Optional.empty())), List.of());
  }

  static AddressBinding binding(PortRef port, String address, Optional<Duration> lifetime) {
    return new AddressBinding(port, Packets.address(address), lifetime);
  }

  /** Returns what the technique says of a port. */
  protected final Optional<InstalledProgram> listed(PortRef port) throws VirtException {
    return technique.list().stream().filter(p -> p.port().equals(port)).findFirst();
  }

  /** Says whether a frame from the guest behind a port leaves. */
  protected final boolean leaves(PortRef port, byte[] frame) throws Exception {
    return lab.passes(port, frame, lab.uplink());
  }

  /** Says whether a frame reaches the guest behind a port. */
  protected final boolean reaches(PortRef port, byte[] frame) throws Exception {
    return lab.passes(lab.uplink(), frame, port);
  }

  /** Expects that frames pass, or do not, both ways. */
  protected final void expect(boolean passes, PortRef port, byte[]... frames) throws Exception {
    for (byte[] frame : frames) {
      assertEquals(passes, leaves(port, frame), "from the guest");
      assertEquals(passes, reaches(port, frame), "towards the guest");
    }
  }

  /** Expects that nothing passes, whatever it is, also from and to the host itself. */
  protected final void expectClosed(PortRef port) throws Exception {
    expectAll(false, port);
  }

  /** Expects what is so of an interface that never had a program. */
  protected final void expectWithoutProgram(PortRef port) throws Exception {
    expectAll(!closesMembers(), port);
  }

  /** Expects that everything passes. */
  protected final void expectOpen(PortRef port) throws Exception {
    expectAll(true, port);
  }

  private void expectAll(boolean passes, PortRef port) throws Exception {
    expect(passes, port, Packets.samples().values().toArray(byte[][]::new));
    byte[] frame = Packets.other(Packets.A, Packets.ALL);
    assertEquals(passes, lab.passes(port, frame, lab.host()), "from the guest to the host");
    assertEquals(passes, lab.passes(lab.host(), frame, port), "from the host to the guest");
  }

  /** Waits until something is so; fails when it is not in time. */
  protected final void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + limit().toNanos();
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "not within " + limit() + ": " + what);
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Expects an error. */
  protected static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  /** Expects that a program is refused by the name of its port and rule. */
  protected final void expectRefusal(PortProgram... programs) {
    String message =
        fails(
            ErrorCode.CONFIG_UNSUPPORTED,
            () -> technique.prepare(nextGeneration(), List.of(programs)));
    PortRef port = programs[programs.length - 1].port();
    assertTrue(message.contains(port.id().name()), message);
    assertTrue(message.contains(Programs.ORIGIN), message);
  }

  /**
   * Returns a program that cannot be enforced, since it asks for a set that is not there; its last
   * rule is at fault.
   */
  static PortProgram impossible(PortRef port) {
    Step.Rule rule =
        new Step.Rule(
            Step.Action.ACCEPT,
            Protocol.ALL,
            List.of(Programs.is(Field.IP_SET, new Operand.IpSet("contract-none", List.of(true)))),
            Step.Connection.ANY,
            Programs.ORIGIN);
    return new PortProgram(port, new Program(List.of(), List.of(), List.of(rule), List.of()));
  }
}
