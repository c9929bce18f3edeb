package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.Performance.Counter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.format.vmx.VmxText;

/** The machines of the host: which there are and in which state. */
final class Machines {
  static final String NAME = "name";
  static final String STATE = "runtime.powerState";
  static final String UUID_PATH = "config.uuid";

  private static final Pattern NUMBER = Pattern.compile("([0-9]{1,9})$");

  private final Vim vim;
  private final Inventory place;
  private final Performance performance;

  Machines(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
    this.performance = new Performance(vim);
  }

  /** Returns the host's name, for messages. */
  String host() {
    return vim.host();
  }

  /** Returns what the host counts of its machines. */
  Performance performance() {
    return performance;
  }

  List<DomainSummary> list() throws VirtException {
    return listed("list domains of " + vim.host()).stream().map(Listed::summary).toList();
  }

  /** A machine with further properties. */
  record Listed(DomainSummary summary, Found found) {}

  /**
   * Asks for all machines of the host, and its list of those to start; one request.
   *
   * @param more further properties
   */
  List<Listed> listed(String action, String... more) throws VirtException {
    List<String> paths = new ArrayList<>(List.of(NAME, STATE, UUID_PATH));
    paths.addAll(List.of(more));
    Query query =
        query()
            .properties("HostSystem", "config.autoStart.powerInfo")
            .properties("VirtualMachine", paths.toArray(String[]::new));
    List<Found> all = query.ask(vim, action);
    Set<String> started = new HashSet<>();
    for (Found host : all) {
      if (host.ref().equals(place.host())) {
        started.addAll(started(host.node("config.autoStart.powerInfo")));
      }
    }
    List<Listed> machines = new ArrayList<>();
    for (Found found : all) {
      // One whose configuration the host cannot read has no UUID.
      if (found.ref().type().equals("VirtualMachine") && !found.text(UUID_PATH).isEmpty()) {
        boolean autostart = started.contains(found.ref().value());
        machines.add(new Listed(summary(found, autostart), found));
      }
    }
    return machines;
  }

  /** Begins a query that reaches the host and its machines. */
  Query query() {
    return new Query().from(place.host()).via("HostSystem", "vm");
  }

  private static Set<String> started(Node list) {
    Set<String> started = new HashSet<>();
    for (Node one : list.children()) {
      if (one.text("startAction").equalsIgnoreCase("powerOn")) {
        started.add(one.text("key"));
      }
    }
    return started;
  }

  private static DomainSummary summary(Found found, boolean autostart) {
    DomainStatus status = status(found.text(STATE));
    return new DomainSummary(
        id(found),
        VmxText.unescapeName(found.text(NAME)),
        status.state().isActive() ? number(found.ref()) : OptionalInt.empty(),
        status,
        autostart ? Persistence.AUTOSTART : Persistence.PERSISTENT);
  }

  static DomainId id(Found found) {
    return new DomainId(UUID.fromString(found.text(UUID_PATH)));
  }

  /** As libvirt has it: the number at the end of the reference. */
  private static OptionalInt number(Ref ref) {
    Matcher matcher = NUMBER.matcher(ref.value());
    return matcher.find()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** The host knows the state, not how a machine came into it, but for suspension. */
  static DomainStatus status(String power) {
    return switch (power) {
      case "poweredOn" -> new DomainStatus(DomainState.RUNNING, Reason.UNKNOWN);
      case "suspended" -> DomainStatus.of(Reason.PAUSED_BY_USER);
      case "poweredOff" -> new DomainStatus(DomainState.SHUTOFF, Reason.UNKNOWN);
      default -> new DomainStatus(DomainState.NOSTATE, Reason.UNKNOWN);
    };
  }

  /** Finds a machine; {@code NO_DOMAIN} when this host has none of the UUID. */
  Ref find(String action, DomainId id) throws VirtException {
    return find(vim, action, id);
  }

  /** Finds a machine wherever somebody has it. */
  static Ref find(Vim vim, String action, DomainId id) throws VirtException {
    Body body = new Body().text("uuid", id).text("vmSearch", true);
    return vim.ask(action, "FindByUuid", vim.manager(action, "searchIndex"), body)
        .ref("returnval")
        .orElseThrow(() -> none(action, id));
  }

  private static VirtException none(String action, DomainId id) {
    return new VirtException(
        ErrorCode.NO_DOMAIN,
        "%s: Domain not found: no domain with matching uuid '%s'".formatted(action, id));
  }

  /** Finds a machine and asks for properties of it. */
  Found get(String action, DomainId id, String... paths) throws VirtException {
    String[] all = new String[paths.length + 1];
    System.arraycopy(paths, 0, all, 0, paths.length);
    all[paths.length] = "runtime.host";
    Found found = Query.one(vim, action, find(action, id), all);
    if (!found.node("runtime.host").ref().equals(place.host())) {
      throw none(action, id);
    }
    return found;
  }

  DomainSummary summary(DomainId id) throws VirtException {
    String action = "get state of domain " + id;
    Found found = get(action, id, NAME, STATE, UUID_PATH);
    Found host = Query.one(vim, action, place.host(), "config.autoStart.powerInfo");
    return summary(
        found, started(host.node("config.autoStart.powerInfo")).contains(found.ref().value()));
  }

  DomainInfo info(DomainId id) throws VirtException {
    String action = "get information on domain " + id;
    List<String> paths = new ArrayList<>(List.of(MachineSize.PROPERTIES));
    paths.add(STATE);
    Found found = get(action, id, paths.toArray(String[]::new));
    DomainStatus status = status(found.text(STATE));
    MachineSize size = MachineSize.of(found);
    return new DomainInfo(
        status,
        size.memory(),
        status.state().isActive() ? size.limit() : 0,
        size.vcpus(),
        status.state() == DomainState.RUNNING ? cpuTime(action, found.ref()) : Duration.ZERO);
  }

  /** The CPU time of the last sample, as in libvirt's driver: the host keeps no total. */
  private Duration cpuTime(String action, Ref machine) throws VirtException {
    Map<Counter, Long> last =
        performance.last(action, List.of(machine)).getOrDefault(machine, Map.of());
    return Duration.ofMillis(last.getOrDefault(Counter.CPU_USED, 0L));
  }

  /** Checks that a machine is in one of some states, and returns its reference. */
  Ref inState(String action, DomainId id, String... states) throws VirtException {
    Found found = get(action, id, NAME, STATE);
    String now = found.text(STATE);
    if (!List.of(states).contains(now)) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID,
          "%s: domain '%s' is %s"
              .formatted(
                  action, VmxText.unescapeName(found.text(NAME)), status(now).state().text()));
    }
    return found.ref();
  }
}
