package org.virt.learnip.internal;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.PortRef;

/**
 * Has the JVM compile what looks at frames before the first guest speaks: shows some to ports that
 * are not there, which share nothing with those that are. The first packet of a runtime's first
 * guest waits 10 to 13 ms for its rules then, without 15 to 25.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** The JVM's first compiler takes a method after 200 calls. */
  private static final int ROUNDS = 250;

  private static final int INDEX = Integer.MAX_VALUE;
  private static final PortId NAME = new PortId("warmup");
  private static final MacAddress GUEST = new MacAddress(0x525400000000L);

  /** Of documentation (RFC 5737). */
  private static final InetAddress ADDRESS = Ipv4.toAddress(0xc0000209);

  /** IPv4, UDP, from that address. */
  private static final byte[] PACKET =
      HexFormat.of().parseHex("4500001c000000004011" + "0000c0000209c0000201" + "03e807d000080000");

  private volatile boolean ended;

  /** Begins, on a thread of its own that ends by itself. */
  void start() {
    Thread thread = new Thread(this::run, "virt-learnip-warmup");
    thread.setDaemon(true);
    thread.start();
  }

  void end() {
    ended = true;
  }

  private void run() {
    Neighborhood nobody =
        new Neighborhood(
            new Holders(),
            new NetworkFacts(),
            new NoInterfaces(),
            new NoProber(),
            SaviTimers.STANDARD,
            Clock.systemUTC());
    byte[] announcement = announcement();
    byte[] packet = cooked(CookedFrame.IPV4, PACKET);
    try {
      for (int i = 0; i < ROUNDS && !ended; i++) {
        show(nobody, announcement, packet);
        show(nobody, packet, announcement);
      }
    } catch (RuntimeException | Error e) {
      LOG.debug("look at frames in advance: {}", e.toString());
    }
  }

  private static void show(Neighborhood nobody, byte[]... frames) {
    LearnTerms terms =
        new LearnTerms(Map.of(Family.IPV4, 1), Set.of(), Set.of(), Map.of(), Guest.CLIENT);
    LearnRequest request =
        new LearnRequest(new PortRef(NAME, INDEX, GUEST), Optional.of(NAME), Mode.ANY, terms);
    LearningPorts ports = new LearningPorts(nobody.interfaces(), System::nanoTime);
    LearningPort port =
        new LearningPort(
            request,
            new Nobody(),
            nobody,
            System.nanoTime(),
            new LearningPort.Changes(() -> {}, () -> {}, () -> {}));
    nobody.holders().enter(port);
    ports.add(port);
    for (byte[] frame : frames) {
      ports.accept(frame);
    }
    ports.watches();
    port.close();
  }

  private static byte[] announcement() {
    byte[] probe = ProbeFrame.toAll(GUEST, ADDRESS);
    // The sender's address, behind its MAC address.
    ByteBuffer.wrap(probe).position(28).put(ADDRESS.getAddress());
    return GuestLog.cooked(INDEX, probe);
  }

  private static byte[] cooked(int type, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
    frame.position(6).put(GUEST.bytes()).putShort((short) type).put(payload);
    return GuestLog.cooked(INDEX, frame.array());
  }

  /** Takes what is learned, for nobody. */
  private static final class Nobody implements LearnSink {
    @Override
    public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {}

    @Override
    public void released(InetAddress address) {}

    @Override
    public void refused(InetAddress address, Source source, Refusal why) {}

    @Override
    public void failed(String reason) {}
  }

  /** Asks nobody. */
  private static final class NoProber implements Prober {
    @Override
    public void probe(PortRef port, InetAddress address) {}

    @Override
    public void ask(PortRef port, int bridge, InetAddress address) {}
  }

  /** Knows no interface. */
  private static final class NoInterfaces implements Interfaces {
    @Override
    public Role role(int index) {
      return Role.OTHER;
    }

    @Override
    public int bridge(PortRef port) {
      return 0;
    }

    @Override
    public int below(PortRef port) {
      return 0;
    }

    @Override
    public Set<Integer> bridges() {
      return Set.of();
    }

    @Override
    public boolean bridgeHas(int bridge, InetAddress address) {
      return false;
    }

    @Override
    public boolean isOfNobody(int bridge, InetAddress address) {
      return false;
    }

    @Override
    public boolean hostHas(InetAddress address) {
      return false;
    }

    @Override
    public void hear() {}
  }
}
