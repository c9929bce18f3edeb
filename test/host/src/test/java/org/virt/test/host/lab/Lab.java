package org.virt.test.host.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.spi.nwfilter.PortRef;

/**
 * A bridge {@code br0} in the JVM's own network namespace with an uplink and guests. The bridge
 * forgets addresses at once, so every frame goes to every other port. For one thread.
 */
public final class Lab implements AutoCloseable {
  /** The bridge. */
  public static final PortId BRIDGE = new PortId("br0");

  private static final long DEADLINE_MILLIS = 30_000;
  private static final long POLL_NANOS = 200_000;
  private static final String FORWARDING = "3"; // BR_STATE_FORWARDING
  private static final int MIN_FRAME = 60;
  private static final int ETHER_HEADER = 14;
  private static final int ETHER_TYPE_AT = 12;
  private static final String QUIET = "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6";
  private static final int MARKER_TYPE = 0x88b5; // for local experiments, IEEE 802
  private static final AtomicLong NUMBERS = new AtomicLong(0x6c61622d00000000L);

  private final NetlinkLinks links = NetlinkLinks.open();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Endpoint uplink;
  private final Endpoint control;
  private final Endpoint host;

  private Lab() throws VirtException, IOException {
    ip("link add br0 type bridge ageing_time 0 mcast_snooping 0 stp_state 0 forward_delay 0");
    Command.of("sh", "-c", QUIET).require();
    // Where bridged packets go through the IP hooks their padding, and with it the number, is cut
    // off.
    Command.of("sh", "-c", "echo 0 | tee /proc/sys/net/bridge/bridge-nf-call-* || true").require();
    ip("link set br0 up");
    uplink = plug("uplink0", 0);
    control = plug("control0", 0);
    Link bridge = links.find(BRIDGE).orElseThrow();
    host = new Endpoint(new PortRef(BRIDGE, bridge.index(), bridge.mac()));
  }

  /** Makes a bridge and its uplink. */
  public static Lab open() throws VirtException, IOException {
    return new Lab();
  }

  /** Joins a guest to the bridge. */
  public Endpoint plug(String port) throws VirtException, IOException {
    return plug(port, 0);
  }

  /** Joins a guest to the bridge, in an interface group from before its port comes up. */
  public Endpoint plug(String port, int group) throws VirtException, IOException {
    return plug(port, group, newMac());
  }

  /** Joins a guest to the bridge whose address is known; it may have been plugged before. */
  public Endpoint plug(String port, int group, MacAddress mac) throws VirtException, IOException {
    String namespace = "lab-" + port;
    ip("netns add " + namespace);
    ip("link add " + port + " type veth peer name eth0 address " + mac + " netns " + namespace);
    Command.of("ip", "netns", "exec", namespace, "sh", "-c", QUIET).require();
    ip("-n " + namespace + " link set eth0 up");
    ip("link set " + port + " group " + Integer.toUnsignedString(group));
    ip("link set " + port + " master br0 up");
    awaitForwarding(port);
    int index = links.find(new PortId(port)).orElseThrow().index();
    Endpoint endpoint = new Endpoint(namespace, new PortRef(new PortId(port), index, mac));
    endpoints.add(endpoint);
    return endpoint;
  }

  /**
   * Makes a macvtap with a guest, in an interface group from before it comes up. The device below
   * it is joined to the bridge, as a host is to a switch.
   */
  public Endpoint plugDirect(String port, int group) throws VirtException, IOException {
    String below = port + "l";
    String wire = port + "w";
    ip("link add " + below + " up type veth peer name " + wire);
    ip("link set " + wire + " master br0 up");
    awaitForwarding(wire);
    ip("link add link " + below + " name " + port + " type macvtap mode passthru");
    ip("link set " + port + " group " + Integer.toUnsignedString(group) + " promisc on up");
    int index = links.find(new PortId(port)).orElseThrow().index();
    String[] number =
        Files.readString(Path.of("/sys/class/net", port, "tap" + index, "dev")).strip().split(":");
    String device = "/run/netns/tap" + index;
    Command.of("mknod", device, "c", number[0], number[1]).require();
    Endpoint endpoint = new Endpoint(new PortRef(new PortId(port), index, newMac()), device);
    Files.delete(Path.of(device)); // it is open
    endpoints.add(endpoint);
    return endpoint;
  }

  private static MacAddress newMac() {
    return new MacAddress(0x525400000000L + (NUMBERS.incrementAndGet() & 0xffffff));
  }

  /**
   * Waits for a port of a bridge: the kernel notices a carrier, and switches it on, at its leisure.
   */
  public static void awaitForwarding(String port) {
    Path state = Path.of("/sys/class/net", port, "brport/state");
    await(
        port + " forwards",
        () -> {
          try {
            return Files.readString(state).strip().equals(FORWARDING);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Removes a guest and its port, and the device below a macvtap. */
  public void unplug(Endpoint endpoint) throws VirtException {
    endpoints.remove(endpoint);
    close(endpoint);
  }

  private static void close(Endpoint endpoint) throws VirtException {
    endpoint.close();
    if (endpoint.isDirect()) {
      Command.of("ip", "link", "delete", endpoint.id().name() + "l").run();
    }
  }

  /** Returns what is behind the bridge: the gateway's side. */
  public Endpoint uplink() {
    return uplink;
  }

  /** Returns the bridge itself: the host's side. */
  public Endpoint host() {
    return host;
  }

  /** Returns the interfaces of the JVM's own namespace. */
  public NetlinkLinks links() {
    return links;
  }

  /** Sends a frame from a guest and says whether it reaches the uplink. */
  public boolean leaves(Endpoint guest, byte[] frame) throws IOException {
    return passes(guest, frame, uplink);
  }

  /** Sends a frame from the uplink and says whether it reaches a guest. */
  public boolean reaches(Endpoint guest, byte[] frame) throws IOException {
    return passes(uplink, frame, guest);
  }

  /**
   * Sends a frame from one to another and says whether it arrives. It gets a number at its end to
   * be known by, which is padding to every protocol. A second frame follows on a path without
   * filter, or up to the guest's filter: when that has arrived and the first has not, it will not.
   */
  public boolean passes(Endpoint from, byte[] frame, Endpoint to) throws IOException {
    Endpoint markerFrom = from == uplink ? uplink : control;
    Endpoint markerTo = to.isDirect() ? to : from == uplink ? control : uplink;
    long number = NUMBERS.incrementAndGet();
    long marker = NUMBERS.incrementAndGet();
    contains(to, number, frame);
    contains(markerTo, number, frame);
    while (markerTo.passing().poll().isPresent()) {
      // Frames that nobody has read would leave no room for the marker.
    }
    byte[] last = Frames.ethernet(markerFrom.mac(), Frames.BROADCAST, MARKER_TYPE, new byte[0]);
    try (PinnedThread pinned = PinnedThread.pin()) { // frames of one processor keep their order
      from.send(numbered(frame, number));
      markerFrom.send(numbered(last, marker));
    }
    byte[] packet = withoutPadding(frame);
    boolean arrived = awaitMarker(markerTo, marker, number, packet);
    return to == markerTo && !to.isDirect() ? arrived : contains(to, number, packet);
  }

  /** Reads until the marker; says whether the number came before. */
  private static boolean awaitMarker(Endpoint at, long marker, long number, byte[] packet)
      throws IOException {
    long deadline = System.nanoTime() + DEADLINE_MILLIS * 1_000_000;
    boolean seen = false;
    while (true) {
      Optional<byte[]> frame = at.passing().poll();
      if (frame.isEmpty()) {
        if (!at.passing().await((deadline - System.nanoTime()) / 1_000_000)) {
          throw new IOException("nothing arrives at " + at.id());
        }
      } else if (number(frame.get()) == marker) {
        return seen;
      } else {
        seen |= is(frame.get(), number, packet);
      }
    }
  }

  /** Reads all that is there; says whether the number was among it. */
  private static boolean contains(Endpoint at, long number, byte[] packet) throws IOException {
    boolean seen = false;
    for (Optional<byte[]> frame = at.poll(); frame.isPresent(); frame = at.poll()) {
      seen |= is(frame.get(), number, packet);
    }
    return seen;
  }

  /** The hooks of IP cut padding off, and the number with it. */
  private static boolean is(byte[] received, long number, byte[] packet) {
    return number(received) == number || Arrays.equals(received, packet);
  }

  private static byte[] withoutPadding(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    int type = bytes.getShort(ETHER_TYPE_AT) & 0xffff;
    int length =
        switch (type) {
          case Frames.TYPE_IPV4 -> ETHER_HEADER + (bytes.getShort(ETHER_HEADER + 2) & 0xffff);
          case Frames.TYPE_IPV6 -> ETHER_HEADER + 40 + (bytes.getShort(ETHER_HEADER + 4) & 0xffff);
          default -> frame.length;
        };
    return Arrays.copyOf(frame, Math.min(frame.length, length));
  }

  /**
   * Has bridged packets go through the hooks of IP, and gives the bridge an address.
   *
   * @param prefix such as 10.0.0.1/16
   */
  public void trackConnections(String prefix) throws VirtException {
    Command.of("sh", "-c", "echo 1 | tee /proc/sys/net/bridge/bridge-nf-call-ip*tables").require();
    ip("address add " + prefix + " dev " + BRIDGE.name());
  }

  /** Has the host know where an address is: behind a port, and so everywhere. */
  public void neighbour(String address, MacAddress mac) throws VirtException {
    ip("neighbour replace " + address + " lladdr " + mac + " dev " + BRIDGE.name());
  }

  /**
   * Does something that makes the host send, and returns what of it reaches a guest before a frame
   * that follows it.
   */
  public List<byte[]> received(Endpoint guest, Sending sending) throws IOException {
    while (guest.poll().isPresent()) {}
    long marker = NUMBERS.incrementAndGet();
    byte[] last = Frames.ethernet(uplink.mac(), Frames.BROADCAST, MARKER_TYPE, new byte[0]);
    try (PinnedThread pinned = PinnedThread.pin()) {
      sending.send();
      uplink.send(numbered(last, marker));
    }
    List<byte[]> frames = new ArrayList<>();
    long deadline = System.nanoTime() + DEADLINE_MILLIS * 1_000_000;
    while (true) {
      Optional<byte[]> frame = guest.poll();
      if (frame.isPresent() && number(frame.get()) == marker) {
        return frames;
      }
      frame.ifPresent(frames::add);
      if (frame.isEmpty() && !guest.await((deadline - System.nanoTime()) / 1_000_000)) {
        throw new IOException("nothing arrives at " + guest.id());
      }
    }
  }

  /** What makes the host send. */
  @FunctionalInterface
  public interface Sending {
    void send() throws IOException;
  }

  private static byte[] numbered(byte[] frame, long number) {
    int length = Math.max(MIN_FRAME, frame.length);
    return ByteBuffer.allocate(length + Long.BYTES).put(frame).putLong(length, number).array();
  }

  private static long number(byte[] frame) {
    return frame.length < Long.BYTES
        ? 0
        : ByteBuffer.wrap(frame).getLong(frame.length - Long.BYTES);
  }

  /**
   * Waits until something is so, for ten seconds; says what was waited for when it does not become
   * so.
   */
  public static void await(String what, BooleanSupplier condition) {
    await(what, Duration.ofMillis(DEADLINE_MILLIS), condition);
  }

  /** As the other, for what takes longer. */
  public static void await(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit.toMillis() + " ms: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Runs {@code ip} in the JVM's own network namespace; arguments are separated by spaces. */
  public static String ip(String arguments) throws VirtException {
    List<String> all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(arguments.split(" ")));
    return Command.of(all).require();
  }

  @Override
  public void close() throws VirtException {
    for (Endpoint endpoint : endpoints) {
      close(endpoint);
    }
    host.close();
    ip("link delete br0");
    links.close();
    deleteTables();
  }

  /** Deletes the tables that techniques have left; none of them runs any more. */
  public static void deleteTables() throws VirtException {
    Result tables = Command.of("nft", "list", "tables").run();
    for (String line : tables.ok() ? tables.out().lines().toList() : List.<String>of()) {
      String[] words = line.split(" ");
      if (words[2].startsWith("org_virt")) {
        Command.of("nft", "delete", "table", words[1], words[2]).require();
      }
    }
  }
}
