package org.virt.learnip.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.PortRef;

/** Ports of a host, its bridge's addresses, and a clock that the test moves. */
final class TestHost {
  long now;
  int changes;
  final Set<InetAddress> bridge = new HashSet<>();
  final Set<InetAddress> host = new HashSet<>(Set.of(ip(TestFrames.SERVER_ADDRESS)));
  final Set<Integer> bridges = new HashSet<>();
  final List<String> probes = new ArrayList<>();
  final List<String> asked = new ArrayList<>();
  final Neighborhood around =
      new Neighborhood(
          new Holders(),
          new NetworkFacts(),
          new TestInterfaces(),
          new TestProber(),
          SaviTimers.STANDARD,
          Clock.systemUTC());
  final LearningPorts ports = new LearningPorts(around.interfaces(), () -> now);

  private final class TestProber implements Prober {
    @Override
    public void probe(PortRef port, InetAddress address) {
      probes.add(port + " " + address.getHostAddress());
    }

    @Override
    public void ask(PortRef port, int bridge, InetAddress address) {
      asked.add(bridge + " for " + port + " " + address.getHostAddress());
    }
  }

  private final class TestInterfaces implements Interfaces {
    @Override
    public Role role(int index) {
      return switch (index) {
        case TestFrames.UPLINK -> Role.NETWORK;
        case TestFrames.BRIDGE -> Role.BRIDGE;
        case TestFrames.DEVICE -> Role.LINK_DEVICE;
        default -> Role.OTHER;
      };
    }

    @Override
    public int bridge(PortRef port) {
      return TestFrames.BRIDGE;
    }

    @Override
    public int below(PortRef port) {
      return 0;
    }

    @Override
    public Set<Integer> bridges() {
      return bridges;
    }

    @Override
    public boolean isOfNobody(int bridge, InetAddress address) {
      return Subnet.of(ip(TestFrames.SERVER_ADDRESS), 24).isOfNobody(address);
    }

    @Override
    public boolean hostHas(InetAddress address) {
      return host.contains(address);
    }

    @Override
    public void hear() {}

    @Override
    public boolean bridgeHas(int index, InetAddress address) {
      return bridge.contains(address);
    }
  }

  /** A port to be, with what is usual. */
  static final class Terms {
    Mode mode = Mode.ANY;
    int index = TestFrames.PORT;
    MacAddress mac = TestFrames.GUEST;
    Optional<PortId> linkDevice = Optional.empty();
    final Map<Family, Integer> limits = new EnumMap<>(Family.class);
    final Set<InetAddress> servers = new HashSet<>();
    final Set<InetAddress> gateways = new HashSet<>();
    final Map<InetAddress, Optional<Duration>> held = new HashMap<>();
    Guest guest = Guest.CLIENT;

    Terms(Mode mode) {
      this.mode = mode;
      limits.put(Family.IPV4, mode == Mode.ANY ? 1 : LearnTerms.LIMIT4);
    }

    Terms ipv6() {
      limits.put(Family.IPV6, LearnTerms.LIMIT6);
      return this;
    }

    LearnRequest request() {
      PortRef port = new PortRef(new PortId("vnet" + index), index, mac);
      LearnTerms terms = new LearnTerms(limits, servers, gateways, held, guest);
      return new LearnRequest(port, linkDevice, mode, terms);
    }
  }

  static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  LearningPort add(Terms terms, RecordingSink sink) {
    LearningPort port =
        new LearningPort(
            terms.request(),
            sink,
            around,
            now,
            new LearningPort.Changes(() -> changes++, () -> changes++, () -> changes++));
    around.holders().enter(port);
    ports.add(port);
    return port;
  }

  /** A frame is captured. */
  void frame(byte[] cooked) {
    ports.accept(cooked);
  }

  /** A packet of the server comes from the network and goes to the guest. */
  void answer(int type, byte[] packet) {
    frame(TestFrames.cooked(TestFrames.UPLINK, 0, TestFrames.SERVER, type, packet));
    frame(TestFrames.toGuest(TestFrames.SERVER, type, packet));
  }

  /** Lets time pass, and what is due happen at its time. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (ports.nextTick() <= end) {
      now = Math.max(now, ports.nextTick());
      ports.tick();
    }
    now = end;
  }

  Set<Want> wants(LearningPort port) {
    return port.watch(now).wants();
  }
}
