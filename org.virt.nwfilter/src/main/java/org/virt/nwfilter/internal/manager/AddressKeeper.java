package org.virt.nwfilter.internal.manager;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortAddress;
import org.virt.nwfilter.internal.manager.AddressFile.Line;
import org.virt.nwfilter.internal.manager.AddressFile.Place;
import org.virt.nwfilter.internal.manager.KeptLeases.Guest;

/**
 * Keeps learned addresses: on disk, at most a second late, and leases beyond the end of their port.
 * Of the loop; a disk that is slow holds nobody up.
 */
final class AddressKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(AddressKeeper.class);
  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(1);

  /** What a guest waits for comes first. */
  private static final Duration BEFORE_WRITE = Duration.ofMillis(100);

  private static final Duration LAST_WRITE = Duration.ofSeconds(2);

  private final Loop loop;
  private final Ports ports;
  private final AddressFile file;
  private final Clock clock;
  private final KeptLeases leases = new KeptLeases();
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          AddressKeeper::daemon,
          new ThreadPoolExecutor.DiscardPolicy()); // what comes behind the last write is in it
  private boolean changed;
  private long nextWrite = System.nanoTime();

  AddressKeeper(Loop loop, Ports ports, AddressFile file, Clock clock) {
    this.loop = loop;
    this.ports = ports;
    this.file = file;
    this.clock = clock;
    writer.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "virt-nwfilter-addresses");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Reads what the last runtime knew; before all else.
   *
   * @param sameBoot whether the host was up all the while; if not, no interface is what it was, and
   *     the file says so from now on
   * @return the addresses of ports, by the index of their interface
   */
  Map<Integer, List<KeptAddress>> load(boolean sameBoot) {
    Instant now = clock.instant();
    Map<Integer, List<KeptAddress>> inUse = new HashMap<>();
    for (Line line : file.read()) {
      KeptAddress address = line.address();
      int index = line.place().index();
      if (!address.isValid(now)) {
        LOG.info("{} is not used again: its time is over, or not come", address);
      } else if (!sameBoot) {
        leases.keep(Place.EARLIER, address);
      } else if (index > 0) {
        inUse.computeIfAbsent(index, i -> new ArrayList<>()).add(address);
      } else {
        leases.keep(line.place(), address);
      }
    }
    if (!sameBoot) {
      write(leases.lines(now));
    }
    return inUse;
  }

  /** Keeps addresses whose port went while no runtime was there. */
  void keep(List<KeptAddress> addresses) {
    addresses.forEach(address -> leases.keep(Place.STOPPED, address));
    changed();
  }

  /** Keeps the leases of a port that is about to be forgotten. */
  void keep(Port port) {
    Instant now = clock.instant();
    for (PortAddress address : port.learned.values()) {
      if (!port.ending.contains(address.address())) {
        leases.keep(Place.STOPPED, KeptAddress.of(port.holder, address, now));
      }
    }
    changed();
  }

  /** Returns the leases that a port may have at once; none of its card are kept any more. */
  List<KeptAddress> take(Port port, Guest guest) {
    if (!leases.know(port.holder)) {
      return List.of();
    }
    changed();
    return leases.take(port.holder, guest, clock.instant());
  }

  /** The addresses are not what they were when they were last written down. */
  void changed() {
    if (!changed) {
      changed = true;
      long wait = Math.max(BEFORE_WRITE.toNanos(), nextWrite - System.nanoTime());
      loop.schedule(Duration.ofNanos(wait), this::writeLater);
    }
  }

  private void writeLater() {
    changed = false;
    nextWrite = System.nanoTime() + BETWEEN_WRITES.toNanos();
    List<Line> lines = lines();
    writer.execute(() -> write(lines));
  }

  private List<Line> lines() {
    Instant now = clock.instant();
    List<Line> lines = new ArrayList<>(leases.lines(now));
    for (Port port : ports.all()) {
      Place place = new Place(port.ref.index());
      for (PortAddress address : port.learned.values()) {
        // The next runtime may find it in the kernel, and is to know that it is not kept.
        boolean ending = port.ending.contains(address.address());
        LeaseHolder holder = ending ? LeaseHolder.NOBODY : port.holder;
        lines.add(new Line(place, KeptAddress.of(holder, address, now)));
      }
    }
    return lines;
  }

  private void write(List<Line> lines) {
    try {
      file.write(lines);
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  /** Writes what has changed since, and waits for that, but not for ever. */
  void close() {
    if (changed) {
      writeLater();
    }
    writer.shutdown();
    try {
      if (!writer.awaitTermination(LAST_WRITE.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("the learned addresses are not written down yet: the disk does not answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
