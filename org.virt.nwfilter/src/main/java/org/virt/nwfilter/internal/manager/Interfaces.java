package org.virt.nwfilter.internal.manager;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkListener;

/** Follows what happens to the interfaces of ports. Of the loop. */
final class Interfaces {
  private static final Logger LOG = LoggerFactory.getLogger(Interfaces.class);

  private final Loop loop;
  private final Ports ports;
  private final PortLinks links;
  private final Bindings bindings;
  private final LinkGrace grace;
  private Optional<Subscription> watch = Optional.empty();

  Interfaces(Loop loop, Ports ports, PortLinks links, Bindings bindings, LinkGrace grace) {
    this.loop = loop;
    this.ports = ports;
    this.links = links;
    this.bindings = bindings;
    this.grace = grace;
  }

  /** Begins to listen, unless it does. */
  void watch() throws VirtException {
    if (watch.isEmpty()) {
      watch = Optional.of(links.watch(new Watcher()));
    }
  }

  void close() {
    watch.ifPresent(Subscription::close);
  }

  private void changed(Link link) {
    Optional<Port> bound = ports.find(link.index());
    if (bound.isEmpty()) {
      return;
    }
    Port port = bound.get();
    grace.seen(port, link);
    port.up = link.is(Link.Flag.UP);
    if (link.master() != 0 && link.master() != port.master) {
      bindings.moved(port, link);
    }
    boolean left = port.group != 0 && link.group() != port.group;
    boolean reached = isReached(link);
    // Somebody took it out of its group or its bridge: back, or closed.
    port.group = left ? 0 : port.group;
    boolean moved = port.reached != reached;
    port.reached = reached;
    // Or put it up that we took down: closed again.
    if (left || moved || port.up && !port.isProtected()) {
      ports.touch(port);
    }
  }

  private boolean isReached(Link link) {
    try {
      return links.isReached(link);
    } catch (VirtException e) {
      LOG.warn("look for the bridge of {}: {}", link.name(), e.getMessage());
      return false;
    }
  }

  private void readAll() {
    try {
      List<Link> there = links.list();
      Set<Integer> indexes = there.stream().map(Link::index).collect(Collectors.toSet());
      List.copyOf(ports.all()).stream()
          .filter(port -> !indexes.contains(port.ref.index()))
          .forEach(bindings::gone);
      there.forEach(this::changed);
    } catch (VirtException e) {
      LOG.warn("read the interfaces: {}", e.getMessage());
      loop.schedule(PortStates.FIRST_RETRY, this::readAll);
    }
  }

  private final class Watcher implements LinkListener {
    @Override
    public void changed(Link link) {
      loop.execute(() -> Interfaces.this.changed(link));
    }

    @Override
    public void removed(int index, PortId name) {
      loop.execute(() -> ports.find(index).ifPresent(bindings::gone));
    }

    @Override
    public void resync() {
      loop.execute(Interfaces.this::readAll);
    }
  }
}
