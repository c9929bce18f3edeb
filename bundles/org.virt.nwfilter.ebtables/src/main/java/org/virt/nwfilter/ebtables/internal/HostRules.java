package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortCounts;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortRef;

/**
 * All that the host has of this technique. A commit puts the new rules about packets beside the old
 * ones, so that both are asked; then the one change of ebtables that takes the ports from their old
 * programs to the new ones; then the old rules about packets go. What passes at any moment would
 * have passed before or will pass after.
 */
final class HostRules implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostRules.class);
  private static final int MOST_PROCESSES = 1024;
  private static final List<Family> TRANSPORT = List.of(Family.IPV4, Family.IPV6);

  private final Map<Family, RuleSet> sets = new EnumMap<>(Family.class);
  private final Map<String, Label> installed = new TreeMap<>();

  /** Noted in the gate, and not in force: of a commit that was cut short. */
  private final List<Label> lost = new ArrayList<>();

  private final Origins origins = new Origins();
  private final Set<Long> processes = ConcurrentHashMap.newKeySet();
  private volatile Gate gate;
  private boolean doubtful;

  /** Whether somebody else has changed something; then nothing that is there is used again. */
  private boolean mistrusted;

  /** Who used it still would keep the gate from the next owner. */
  private boolean closed;

  HostRules() {
    for (Family family : Family.values()) {
      sets.put(family, new RuleSet(family, this::runs));
    }
  }

  synchronized List<InstalledProgram> list() throws VirtException {
    open();
    if (!gate.exists()) {
      return List.of();
    }
    if (mistrusted) {
      return List.of();
    }
    takeOver();
    read();
    return installed.values().stream()
        .map(l -> new InstalledProgram(l.port(), l.generation(), l.digest(), List.of()))
        .toList();
  }

  /** Protects the tables again after their owner was killed. Reading needs no such thing. */
  private void takeOver() {
    try {
      gate.require();
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  synchronized void commit(List<Translated> programs) throws VirtException {
    if (programs.isEmpty()) {
      return;
    }
    prepare();
    Commit commit = new Commit(programs);
    try {
      commit.enter();
      commit.transport();
      commit.link();
    } catch (VirtException e) {
      commit.undo();
      doubtful = true;
      throw e;
    }
    commit.installed.forEach(label -> installed.put(label.port().id().name(), label));
    mistrusted = false;
    origins.committed(programs);
    origins.keep(installed.values());
    commit.cleanUp();
  }

  synchronized void remove(Collection<PortRef> ports) throws VirtException {
    if (ports.isEmpty()) {
      return;
    }
    prepare();
    List<Label> going = new ArrayList<>();
    for (PortRef port : ports) {
      Label label = installed.get(port.id().name());
      if (label != null && label.port().index() == port.index()) {
        going.add(label);
      }
    }
    gate.shut(ports);
    try {
      Set<Label> rest = new HashSet<>(installed.values());
      rest.removeAll(going);
      for (Family family : Family.values()) {
        apply(family, List.of(), rest);
      }
    } catch (VirtException e) {
      doubtful = true;
      gate.enter(going);
      throw e;
    }
    going.forEach(label -> installed.remove(label.port().id().name()));
    for (RuleSet set : sets.values()) {
      set.clean(installed.values(), gate);
    }
    gate.forget(going);
    gate.keepLeases(indexes(ports), List.of());
  }

  private static Set<Integer> indexes(Collection<PortRef> ports) {
    Set<Integer> indexes = new HashSet<>();
    ports.forEach(port -> indexes.add(port.index()));
    return indexes;
  }

  /** Has leases end at another time. */
  synchronized void lease(List<AddressBinding> addresses) throws VirtException {
    prepare();
    gate.lease(addresses);
  }

  private void runs(long process) {
    if (processes.size() >= MOST_PROCESSES) {
      processes.clear();
    }
    processes.add(process);
  }

  /**
   * Says whether a transaction, by its netlink port or process, is ours or a tool's that we run.
   */
  boolean isOwn(int number) {
    Gate own = gate;
    return processes.contains((long) number) || own != null && own.isOf(number);
  }

  /** Somebody else has changed something: the next commit replaces everything. */
  synchronized void mistrust() {
    mistrusted = true;
  }

  /** Says whether all is there that was committed. */
  synchronized boolean isWhole() {
    try {
      boolean whole = !mistrusted;
      for (RuleSet set : sets.values()) {
        whole = whole && (gate == null || set.isWhole(gate));
      }
      return whole;
    } catch (VirtException e) {
      LOG.warn("look whether the rules are there: {}", e.getMessage());
      return false;
    }
  }

  /** Returns what the rules of a port have counted. */
  synchronized PortCounts counts(PortRef port) throws VirtException {
    prepare();
    Label label = installed.get(port.id().name());
    if (label == null || label.port().index() != port.index()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "count packets of " + port + ": it has no ebtables rules");
    }
    return origins.counts(label, sets, gate);
  }

  private void open() throws VirtException {
    if (closed) {
      throw new VirtException(ErrorCode.OPERATION_ABORTED, "use ebtables: it has been stopped");
    }
    if (gate == null) {
      gate = Gate.open();
      doubtful = true;
    }
  }

  private void prepare() throws VirtException {
    open();
    gate.require();
    if (doubtful) {
      gate.distrust();
      gate.require();
      read();
      doubtful = false;
    }
    if (mistrusted) {
      gate.distrust();
      gate.require();
      read();
      lost.addAll(installed.values());
      installed.clear();
      sets.values().forEach(RuleSet::forgetDispatch);
    }
  }

  private void read() throws VirtException {
    installed.clear();
    lost.clear();
    Map<Family, Boolean> hooked = new EnumMap<>(Family.class);
    for (Family family : Family.values()) {
      sets.get(family).read(gate);
      hooked.put(family, sets.get(family).isHooked(gate));
    }
    List<Label> noted = gate.labels();
    for (Label label : noted) {
      boolean there = true;
      for (Family family : Family.values()) {
        there &= !label.has(family) || hooked.get(family) && sets.get(family).has(label);
      }
      if (there) {
        // The chains of the one before may not have been deleted yet.
        installed.merge(
            label.port().id().name(),
            label,
            (one, other) -> one.generation() > other.generation() ? one : other);
      }
    }
    lost.addAll(noted);
    lost.removeAll(installed.values());
  }

  private void apply(Family family, List<Chain> added, Collection<Label> all) throws VirtException {
    Ports ports = new Ports(family);
    all.forEach(ports::add);
    sets.get(family).apply(new RuleSet.Change(added, ports), gate);
  }

  /** One commit, step by step. */
  private final class Commit {
    private final List<Translated> programs;
    private final List<Label> installed;
    private final List<Label> replaced = new ArrayList<>();
    private final List<Label> untouched = new ArrayList<>();

    Commit(List<Translated> programs) {
      this.programs = programs;
      installed = programs.stream().map(Translated::label).toList();
      Set<String> names = new HashSet<>();
      installed.forEach(label -> names.add(label.port().id().name()));
      HostRules.this.installed.forEach(
          (name, label) -> (names.contains(name) ? replaced : untouched).add(label));
    }

    /** An interface that was made again must not run through rules of the one before it. */
    void enter() throws VirtException {
      Set<Integer> now = new HashSet<>();
      installed.forEach(label -> now.add(label.port().index()));
      gate.shut(
          replaced.stream().map(Label::port).filter(port -> !now.contains(port.index())).toList());
      gate.allowGroups(ports(installed, false), false);
      List<Label> again =
          replaced.stream().filter(label -> !now.contains(label.port().index())).toList();
      if (!again.isEmpty()) {
        apply(Family.BRIDGE, List.of(), withoutOf(again));
      }
      gate.lease(addresses());
      gate.enter(installed);
    }

    private List<AddressBinding> addresses() {
      return programs.stream().flatMap(program -> program.addresses().stream()).toList();
    }

    private static List<PortRef> ports(List<Label> labels, boolean silent) {
      return labels.stream().filter(l -> l.silent() == silent).map(Label::port).toList();
    }

    private List<Label> withoutOf(List<Label> some) {
      List<Label> rest = new ArrayList<>(untouched);
      rest.addAll(replaced);
      rest.removeAll(some);
      return rest;
    }

    void transport() throws VirtException {
      for (Family family : TRANSPORT) {
        List<Label> both = new ArrayList<>(untouched);
        both.addAll(replaced);
        both.addAll(installed);
        apply(family, chains(family), both);
      }
    }

    void link() throws VirtException {
      apply(Family.BRIDGE, chains(Family.BRIDGE), after());
    }

    private List<Label> after() {
      List<Label> after = new ArrayList<>(untouched);
      after.addAll(installed);
      return after;
    }

    private List<Chain> chains(Family family) {
      List<Chain> chains = new ArrayList<>();
      programs.forEach(program -> chains.addAll(program.of(family)));
      return chains;
    }

    /** The new rules are in force: what is left of the old ones does no harm. */
    void cleanUp() {
      try {
        for (Family family : TRANSPORT) {
          apply(family, List.of(), after());
        }
        for (RuleSet set : sets.values()) {
          set.clean(after(), gate);
        }
        lost.addAll(replaced);
        gate.forget(lost);
        lost.clear();
        gate.allowGroups(ports(installed, true), true);
        gate.keepLeases(indexes(installed.stream().map(Label::port).toList()), addresses());
      } catch (VirtException e) {
        LOG.warn("clean up behind rules that were replaced: {}", e.getMessage());
        doubtful = true;
      }
    }

    void undo() {
      List<Label> before = new ArrayList<>(untouched);
      before.addAll(replaced);
      Set<PortRef> had = new HashSet<>();
      replaced.forEach(label -> had.add(label.port()));
      try {
        gate.shut(installed.stream().map(Label::port).filter(port -> !had.contains(port)).toList());
        for (Family family : TRANSPORT) {
          apply(family, List.of(), before);
        }
        for (RuleSet set : sets.values()) {
          set.clean(before, gate);
        }
        gate.forget(installed);
        gate.allowGroups(ports(replaced, true), true);
      } catch (VirtException e) {
        LOG.warn("take back rules that were not committed: {}", e.getMessage());
      }
    }
  }

  /** Closes the way to the kernel, for good; the rules stay in force. */
  @Override
  public synchronized void close() {
    closed = true;
    if (gate != null) {
      gate.close();
      gate = null;
      installed.clear();
    }
  }
}
