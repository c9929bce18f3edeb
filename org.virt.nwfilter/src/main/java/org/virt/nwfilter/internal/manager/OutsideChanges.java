package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.ChangeNotice;
import org.virt.spi.nwfilter.FilterTechnique;

/**
 * Sees to it that rules which somebody else changed are there again: the links of their ports go
 * down first and come up with the rules. Of the loop.
 */
final class OutsideChanges {
  private static final Logger LOG = LoggerFactory.getLogger(OutsideChanges.class);

  private final Engine engine;
  private final Map<FilterTechnique, Subscription> watched = new IdentityHashMap<>();

  OutsideChanges(Engine engine) {
    this.engine = engine;
  }

  /**
   * Watches what the technique commits that has the rules, and the one that is to have them, where
   * others can change that. The kernel tells of each change to whoever watches any.
   */
  void watch() {
    Techniques techniques = engine.techniques;
    techniques.active().ifPresent(this::watch);
    techniques.wanted().ifPresent(this::watch);
  }

  /**
   * Watches a technique that was read and is neither: its rules decide about ports that could not
   * be moved. Read again, for before nobody told of changes.
   */
  void watchIfItHasRules(Technique technique) {
    if (!watched.containsKey(technique.service()) && !portsOf(technique).isEmpty()) {
      watch(technique);
      engine.takeover.read(technique);
    }
  }

  private void watch(Technique technique) {
    if (watched.containsKey(technique.service())) {
      return;
    }
    watched.put(technique.service(), () -> {});
    if (technique.service() instanceof ChangeNotice notice) {
      try {
        watched.put(technique.service(), notice.watch(new Watcher(technique)));
      } catch (VirtException | RuntimeException | LinkageError e) {
        LOG.warn("changes of {} rules are not noticed: {}", technique.name(), e.toString());
      }
    }
  }

  void unwatch(FilterTechnique service) {
    Subscription watch = watched.remove(service);
    if (watch != null) {
      end(watch);
    }
  }

  void close() {
    watched.values().forEach(OutsideChanges::end);
    watched.clear();
  }

  private static void end(Subscription watch) {
    try {
      watch.close();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("end the watch of a technique: {}", e.toString());
    }
  }

  /** Nothing that the technique has in the kernel is trusted any more. */
  private void changed(Technique technique, String what, long noticed) {
    List<Port> ports = portsOf(technique);
    if (ports.isEmpty() || !watched.containsKey(technique.service())) {
      return;
    }
    List<Port> open = ports.stream().filter(port -> port.up && !port.takenDown).toList();
    Map<Integer, Long> before = received();
    Map<Port, VirtException> refused = engine.links.down(open);
    double millis = Duration.ofNanos(System.nanoTime() - noticed).toNanos() / 1e6;
    Map<Integer, Long> after = received();
    long all = 0;
    for (Port port : open) {
      VirtException why = refused.get(port);
      port.takenDown = why == null;
      int index = port.ref.index();
      long frames = after.getOrDefault(index, 0L) - before.getOrDefault(index, 0L);
      all += frames;
      port.notice =
          String.format(
              "%s; %d frames came from it in the %.1f ms until its link was down%s",
              what, frames, millis, why == null ? "" : ", which failed: " + why.getMessage());
      port.enforcement = Enforcement.CLOSED;
      port.reason = port.notice;
      engine.ports.publish(port);
    }
    LOG.warn(
        "{}: {}: {} links down {} ms later, {} frames came meanwhile",
        technique.name(),
        what,
        open.size(),
        String.format("%.1f", millis),
        all);
    // Not read from the kernel: what is said to be there must not open a port.
    for (Port port : ports) {
      port.installed = Port.Installed.NOTHING;
      port.addressesIn = "";
      port.unread = false;
      engine.ports.touch(port);
    }
  }

  private List<Port> portsOf(Technique technique) {
    return engine.ports.all().stream()
        .filter(port -> port.installed.technique().equals(technique.name()))
        .toList();
  }

  private Map<Integer, Long> received() {
    try {
      return engine.links.received();
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
      return Map.of();
    }
  }

  private final class Watcher implements ChangeNotice.Listener {
    private final Technique technique;

    Watcher(Technique technique) {
      this.technique = technique;
    }

    @Override
    public void changed(String who) {
      close(who + " changed its rules");
    }

    @Override
    public void lost() {
      close("notices of changes of its rules were lost");
    }

    private void close(String why) {
      long now = System.nanoTime();
      engine.loop.executeFirst(() -> OutsideChanges.this.changed(technique, why, now));
    }
  }
}
