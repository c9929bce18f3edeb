package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/**
 * Ports move between the two techniques, and techniques come and go, while a guest sends a thousand
 * honest and a thousand spoofed frames a second.
 */
@PrivateNetwork
class SwitchUnderTrafficTest {
  private static final int TIMES = 20;
  private static final long GAP_NANOS = 1_000_000;
  private static final int SOURCE = 26;
  private static final String GATEWAY = "192.0.2.1";
  private static final String ADDRESS = "192.0.2.9";
  private static final String FOREIGN = "192.0.2.66";

  private NftablesTechnique nftables = new NftablesTechnique();
  private final EbtablesTechnique ebtables = new EbtablesTechnique();
  @TempDir private Path home;
  private NetworkFilterManager manager;
  private Lab lab;
  private Endpoint guest;

  private final AtomicInteger honestSent = new AtomicInteger();
  private final AtomicInteger honestPassed = new AtomicInteger();
  private final AtomicInteger spoofedSent = new AtomicInteger();
  private final AtomicInteger spoofedPassed = new AtomicInteger();
  private volatile boolean ended;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(nftables.probe().usable(), "nftables cannot be used");
    assumeTrue(ebtables.probe().usable(), "ebtables cannot be used");
    lab = Lab.open();
    guest = lab.plug("vnet0");
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
    add("nftables", nftables, 100);
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner("vm", UUID.randomUUID()),
            guest.id(),
            Optional.empty(),
            guest.mac(),
            new FilterReference("clean-traffic", Map.of("IP", List.of(ADDRESS)))));
  }

  @AfterEach
  void close() throws Exception {
    if (manager != null) {
      manager.unbind(guest.id());
      manager.stop();
    }
    nftables.close();
    ebtables.close();
    if (lab != null) {
      lab.close();
    }
  }

  private void add(String name, FilterTechnique technique, int ranking) {
    manager.addTechnique(
        technique, Map.of(FilterTechnique.NAME, name, Constants.SERVICE_RANKING, ranking));
  }

  private interface Work {
    void run() throws Exception;
  }

  private void underTraffic(Work work) throws Exception {
    Thread sender = new Thread(this::send, "sender");
    Thread receiver = new Thread(this::receive, "receiver");
    receiver.start();
    sender.start();
    try {
      Lab.await("honest frames pass", () -> honestPassed.get() > 100);
      work.run();
      int more = honestSent.get() + 100;
      Lab.await("traffic goes on", () -> honestSent.get() > more);
    } finally {
      ended = true;
      sender.join();
      receiver.join();
    }
    assertTrue(spoofedSent.get() > 0);
    assertEquals(0, spoofedPassed.get(), "spoofed frames passed, of " + spoofedSent);
    int lost = honestSent.get() - honestPassed.get();
    assertTrue(lost * 1000L <= honestSent.get(), lost + " of " + honestSent + " lost");
  }

  private void send() {
    byte[] honest = Frames.udp(guest.mac(), Frames.BROADCAST, ADDRESS, GATEWAY);
    byte[] spoofed = Frames.udp(guest.mac(), Frames.BROADCAST, FOREIGN, GATEWAY);
    try {
      while (!ended) {
        guest.send(honest);
        honestSent.incrementAndGet();
        guest.send(spoofed);
        spoofedSent.incrementAndGet();
        LockSupport.parkNanos(GAP_NANOS);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Goes on until everything that was sent has been looked at. */
  private void receive() {
    try {
      byte[] foreign = InetAddress.getByName(FOREIGN).getAddress();
      byte[] own = InetAddress.getByName(ADDRESS).getAddress();
      while (true) {
        boolean last = ended;
        Optional<byte[]> frame = lab.uplink().poll();
        if (frame.isPresent() && frame.get().length >= SOURCE + 4) {
          byte[] source = Arrays.copyOfRange(frame.get(), SOURCE, SOURCE + 4);
          if (Arrays.equals(source, foreign)) {
            spoofedPassed.incrementAndGet();
          } else if (Arrays.equals(source, own)) {
            honestPassed.incrementAndGet();
          }
        } else if (last && frame.isEmpty()) {
          return;
        } else {
          LockSupport.parkNanos(GAP_NANOS / 10);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private PortStatus status() {
    return manager.status().get(0);
  }

  private void awaitInForce(String technique) {
    Lab.await(
        "in force with " + technique + ", not " + status(),
        () ->
            status().enforcement() == Enforcement.IN_FORCE
                && status().technique().equals(technique));
  }

  @Test
  void losesNothingAndLetsNothingThroughWhilePortsMove() throws Exception {
    add("ebtables", ebtables, 50);
    underTraffic(
        () -> {
          for (int i = 0; i < TIMES; i++) {
            String name = i % 2 == 0 ? "ebtables" : "nftables";
            manager.selectTechnique(name);
            awaitInForce(name);
          }
        });
  }

  @Test
  void losesNothingAndLetsNothingThroughWhileATechniqueIsUpdated() throws Exception {
    underTraffic(
        () -> {
          for (int i = 0; i < TIMES; i++) {
            manager.removeTechnique(nftables);
            Lab.await("orphaned", () -> status().enforcement() == Enforcement.ORPHANED);
            nftables.close();
            nftables = new NftablesTechnique();
            add("nftables", nftables, 100);
            awaitInForce("nftables");
          }
        });
  }
}
