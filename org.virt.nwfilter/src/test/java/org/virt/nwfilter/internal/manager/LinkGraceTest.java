package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.common.net.Link;
import org.virt.common.net.Link.Flag;
import org.virt.spi.nwfilter.PortRef;

class LinkGraceTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final PortId NAME = new PortId("vnet0");
  private static final Duration GRACE = Duration.ofMillis(100);

  private final Loop loop = new Loop("test-loop", () -> {});
  private final List<Port> over = new ArrayList<>();
  private final LinkGrace links = new LinkGrace(loop, GRACE, over::add);
  private final Port port =
      new Port(
          new PortRef(NAME, 5, MAC),
          new FilterBinding(
              new FilterBinding.Owner("vm", new UUID(1, 2)),
              NAME,
              Optional.empty(),
              MAC,
              new FilterReference("clean-traffic", Map.of())));

  @BeforeEach
  void start() throws Exception {
    InetAddress ip = InetAddress.getByName("192.0.2.9");
    port.learned.put(ip, new PortAddress(NAME, MAC, ip, Source.ARP, Optional.empty()));
    loop.start();
  }

  @AfterEach
  void end() {
    loop.close();
  }

  private static Link link(Flag... flags) {
    return new Link(NAME, 5, 2, 0, MAC, Set.of(flags), "tun", 1500);
  }

  /** Tells of states in one task: no time passes between them, however busy the machine is. */
  private void seen(Link... states) {
    loop.execute(() -> List.of(states).forEach(state -> links.seen(port, state)));
  }

  /** Waits until what is due by now, and a task that is due later, have been done. */
  private void after(Duration time) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.schedule(time, () -> done.complete(null));
    done.get(10, TimeUnit.SECONDS);
  }

  @Test
  void endsAddressesOfALinkThatStaysLost() throws Exception {
    seen(link(Flag.UP, Flag.LOWER_UP), link(Flag.UP), link());
    after(GRACE.multipliedBy(2));
    assertEquals(List.of(port), over);
  }

  @Test
  void keepsAddressesOfALinkThatComesBack() throws Exception {
    seen(link(Flag.UP), link(Flag.UP, Flag.LOWER_UP));
    after(GRACE.multipliedBy(2));
    assertEquals(List.of(), over);
  }

  @Test
  void takesAnotherTimeForTheNextLoss() throws Exception {
    loop.execute(() -> links.keep(Duration.ofHours(1)));
    seen(link(Flag.UP));
    after(GRACE.multipliedBy(2));
    assertEquals(List.of(), over);
  }

  @Test
  void countsEachLossFromItsOwnBeginning() throws Exception {
    seen(link(Flag.UP), link(Flag.UP, Flag.LOWER_UP), link(Flag.UP));
    after(GRACE.multipliedBy(2));
    assertEquals(List.of(port), over);
  }
}
