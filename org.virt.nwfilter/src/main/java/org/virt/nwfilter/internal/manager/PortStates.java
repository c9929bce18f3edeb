package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.spi.nwfilter.FilterTechnique;

/**
 * Does what follows from rules that are in the kernel or are not: group, link, learning, what
 * everybody is told. Of the loop.
 */
final class PortStates {
  static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** Why a port that was bound before the runtime started is not said to be in force yet. */
  static final String NOT_COMPARED = "not yet compared with what the kernel has";

  private static final int MOST_DOUBLINGS = 6;
  private static final Logger LOG = LoggerFactory.getLogger(PortStates.class);

  private final Loop loop;
  private final Ports ports;
  private final Techniques techniques;
  private final PortLinks links;
  private final Learners learners;

  PortStates(Loop loop, Ports ports, Techniques techniques, PortLinks links, Learners learners) {
    this.techniques = techniques;
    this.loop = loop;
    this.ports = ports;
    this.links = links;
    this.learners = learners;
  }

  /** The kernel has the programs: the rest of what makes ports closed or in force follows. */
  void done(List<Job> jobs) {
    Set<Port> bridged = new LinkedHashSet<>();
    Map<Port, VirtException> failures = new LinkedHashMap<>();
    for (Job job : jobs) {
      job.port().learning = job.plan().learning();
      job.port().wanted = job.plan().families();
      try {
        requireReached(job.port());
        bridged.add(job.port());
      } catch (VirtException e) {
        failures.put(job.port(), e);
      }
    }
    failures.putAll(join(bridged));
    bridged.removeAll(failures.keySet());
    for (Port port : bridged) {
      try {
        learners.follow(port);
      } catch (VirtException e) {
        failures.put(port, e);
      }
    }
    bridged.removeAll(failures.keySet());
    failures.putAll(links.up(bridged.stream().filter(port -> port.takenDown).toList()));
    bridged.removeAll(failures.keySet());
    for (Port port : bridged) {
      port.takenDown = false;
      succeeded(port);
    }
    failed(failures);
  }

  /** Makes ports ones that are closed unless the technique that has their rules opens them. */
  private Map<Port, VirtException> join(Collection<Port> all) {
    Map<Integer, List<Port>> joining = new HashMap<>();
    for (Port port : all) {
      int group = group(port);
      if (port.group != group) {
        joining.computeIfAbsent(group, number -> new ArrayList<>()).add(port);
      }
    }
    Map<Port, VirtException> refused = new HashMap<>();
    joining.forEach((group, members) -> refused.putAll(links.join(members, group)));
    joining.forEach(
        (group, members) ->
            members.stream()
                .filter(port -> !refused.containsKey(port))
                .forEach(port -> port.group = group));
    return refused;
  }

  private int group(Port port) {
    return techniques
        .find(port.installed.technique())
        .or(techniques::active)
        .map(technique -> technique.service().group())
        .orElse(FilterTechnique.PORT_GROUP);
  }

  private void requireReached(Port port) throws VirtException {
    // Asked again at each attempt: it may be back, or the kernel did not answer the last time.
    port.reached = port.reached || links.isReached(port.ref);
    if (!port.reached) {
      throw unreached(port.ref.id());
    }
  }

  private void succeeded(Port port) {
    port.failures = 0;
    boolean waits = port.learning == Learning.LEARNING;
    port.enforcement = waits ? Enforcement.CLOSED : Enforcement.IN_FORCE;
    port.reason = waits ? "waits for the guest's address" : port.notice;
    if (!port.movingTo.isEmpty()) {
      port.enforcement = Enforcement.SWITCHING;
      port.reason = port.movingReason();
    }
    ports.publish(port);
    port.succeed();
  }

  /** The rules act on what goes through a bridge; beside one they would protect nothing. */
  static VirtException unreached(PortId port) {
    return new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED,
        "protect "
            + port
            + ": it is no port of a bridge and no macvtap, and filters act on these only");
  }

  /** Old rules stay; without any, the link goes down. Tried again later, less and less often. */
  void failed(Map<Port, VirtException> all) {
    all.forEach(
        (port, why) -> {
          LOG.warn("port {}: {}", port.ref, why.getMessage());
          port.enforcement = Enforcement.FAILED;
          port.reason = why.getMessage();
        });
    shut(all.keySet());
    Map<Integer, List<Port>> again = new HashMap<>();
    all.forEach(
        (port, why) -> {
          ports.publish(port);
          port.fail(new VirtException(ErrorCode.BUILD_FIREWALL, why.getMessage(), why));
          int doublings = Math.min(port.failures++, MOST_DOUBLINGS);
          again.computeIfAbsent(doublings, number -> new ArrayList<>()).add(port);
        });
    again.forEach(
        (doublings, some) ->
            loop.schedule(
                FIRST_RETRY.multipliedBy(1L << doublings), () -> some.forEach(ports::touch)));
  }

  /** There is no technique: rules that are there stay in force, a port without any is closed. */
  void awaitTechnique(List<Port> all, String reason) {
    for (Port port : all) {
      port.enforcement = port.hasRules() ? Enforcement.ORPHANED : Enforcement.CLOSED;
      port.reason = port.unread ? NOT_COMPARED + ": " + reason : reason;
    }
    takeDown(all.stream().filter(port -> !port.hasRules()).toList());
    all.forEach(ports::publish);
  }

  /**
   * Takes the links of those down that have no rules. Who puts one up again meets a group without
   * an entry, for as long as it takes to be noticed.
   */
  void shut(Collection<Port> some) {
    List<Port> open = some.stream().filter(port -> !port.isProtected()).toList();
    takeDown(open);
    join(open).forEach((port, why) -> LOG.debug("port {}: {}", port.ref, why.getMessage()));
  }

  private void takeDown(List<Port> some) {
    Set<Port> wereUp = links.areUp(some);
    Map<Port, VirtException> refused = links.down(some);
    for (Port port : some) {
      VirtException why = refused.get(port);
      if (why == null) {
        port.takenDown |= wereUp.contains(port);
      } else if (why.code() != ErrorCode.NO_INTERFACE) {
        LOG.error("port {} could not be taken down: {}", port.ref, why.getMessage());
        port.reason += "; its link could not be taken down: " + why.getMessage();
      }
    }
  }
}
