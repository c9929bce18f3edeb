package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.virt.common.net.Link;
import org.virt.learnip.internal.PortBelief.Origin;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnTerms.Guest;
import org.virt.spi.nwfilter.Operand.Family;
import org.virt.spi.nwfilter.PortRef;

/** One port that learns, or is only known to be filtered. Guarded by {@link LearningPorts}. */
final class LearningPort {
  /** How many frames of a guest are looked at a second, and how many at once. */
  static final double RATE = 10;

  static final double BURST = 50;

  /** A guest that sends so many more before its next turn is not captured for a while. */
  static final int FLOOD = 200;

  static final Duration MUTED = Duration.ofSeconds(1);

  /**
   * Ports that listen again do so together, for each change of the filter costs about a
   * millisecond.
   */
  static final Duration TICK = Duration.ofSeconds(5);

  /**
   * What a port tells of changes.
   *
   * @param wanted what is wanted may have changed
   * @param due {@link #nextTick()} may have come nearer
   * @param flood its guest floods: that is taken out of the capture at once
   */
  record Changes(Runnable wanted, Runnable due, Runnable flood) {}

  private final LearnRequest request;
  private final GuardedSink sink;
  private final Neighborhood around;

  /** The device below a macvtap, and whether this is one. */
  private final int below;

  private final boolean guestBehind;
  private final Diary diary;
  private final PortAddresses addresses;
  private final SeenBelief seen;
  private final PortBelief belief;
  private final TokenBucket budget;
  private final TokenBucket proofs;
  private final TokenBucket replies;
  private final Changes changes;
  private int refused;

  /** What is wanted of it, and until when that is sure to hold. */
  private Watch wanted;

  private long wantedUntil;
  private volatile long mutedUntil = Long.MIN_VALUE;

  /** Frames that only come because the filter is not narrowed yet are no flood. */
  private long narrowedFrom;

  /**
   * Starts to learn.
   *
   * @param now nanoseconds of the clock that all times here are of; never negative
   * @param changes told when {@link #watch(long)} or {@link #nextTick()} may have changed
   */
  LearningPort(
      LearnRequest request, LearnSink sink, Neighborhood around, long now, Changes changes) {
    this.request = request;
    this.sink = new GuardedSink(request.port().id(), sink);
    this.around = around;
    this.below = around.interfaces().below(request.port());
    this.guestBehind = below != 0 || request.linkDevice().isPresent();
    this.changes = changes;
    this.diary = new Diary(around.clock());
    this.addresses = new PortAddresses(request, this, this.sink, around, diary);
    this.seen = new SeenBelief(request.mode(), addresses, this, around);
    this.belief = new PortBelief(request, addresses, seen, around, diary);
    this.budget = new TokenBucket(RATE, BURST, now);
    this.proofs = new TokenBucket(RATE, BURST, now);
    this.replies = new TokenBucket(RATE, BURST, now);
    addresses.start(now);
    seen.start();
    look(now);
  }

  PortRef ref() {
    return request.port();
  }

  int index() {
    return request.port().index();
  }

  Diary diary() {
    return diary;
  }

  boolean isSameInterface(LearningPort other) {
    return index() == other.index();
  }

  /** Says whether it is a macvtap on a device. */
  boolean isOn(Link linkDevice) {
    return below == linkDevice.index()
        || request.linkDevice().equals(Optional.of(linkDevice.name()));
  }

  /**
   * Says whether a probe reaches its guest alone; by a macvtap it would go to the network, and the
   * silence be no answer.
   */
  boolean canBeProbed() {
    return !guestBehind;
  }

  /** Says whether it learns; else it is only known as a filtered one. */
  boolean learns() {
    return request.mode() != Mode.NONE;
  }

  /** Says whether a captured frame of this port was sent by its guest. */
  boolean isFromGuest(byte[] bytes) {
    return CookedFrame.outgoing(bytes) == guestBehind;
  }

  /** Says whether its guest may be a DHCP server. */
  boolean servesDhcp() {
    return request.terms().guest() == Guest.DHCP_SERVER;
  }

  /** Says whether its guest asked for an answer. */
  boolean expects(DhcpDatagram answer, byte[] bytes, long now) {
    return belief.expects(answer, bytes, now);
  }

  /**
   * Looks at a captured frame of this port; {@link #deliver} and {@link #compare} follow.
   *
   * @param read what the bytes are; absent for a frame that is not read
   */
  void accept(byte[] bytes, Optional<CookedFrame> read, Origin origin, long now) {
    boolean guests = isFromGuest(bytes);
    if (guests && !budget.take(now) && !(seen.isTesting() && proofs.take(now))) {
      refuse(now);
      return;
    }
    refused = guests ? 0 : refused;
    if (!learns()) {
      return;
    }
    if (read.isPresent() && guests) {
      belief.fromGuest(read.get(), now);
    } else if (read.isPresent()) {
      belief.toGuest(read.get(), origin, replies, now);
    }
  }

  /** Says so when other frames are wanted than before. */
  void compare(long now) {
    Watch before = wanted;
    look(now);
    if (!wanted.equals(before)) {
      narrowedFrom = now + MUTED.toNanos();
      changes.wanted.run();
    }
  }

  private void look(long now) {
    long settled = addresses.settledUntil();
    wantedUntil = settled > now ? settled : PortBelief.NEVER;
    Set<Want> wants = wants(now);
    if (wanted == null || !wanted.wants().equals(wants)) {
      wanted = new Watch(index(), wants, guestBehind);
    }
  }

  private void refuse(long now) {
    diary.count(Counter.OVER_RATE);
    refused++;
    if (refused >= FLOOD && mutedUntil <= now && narrowedFrom <= now) {
      mutedUntil = now + MUTED.toNanos();
      changes.flood.run();
    }
  }

  /** Returns what is to be captured now. */
  Watch watch(long now) {
    if (mutedUntil > now) {
      return new Watch(index(), EnumSet.of(Want.MUTED), guestBehind);
    }
    if (wantedUntil <= now) {
      look(now);
    }
    return wanted;
  }

  private Set<Want> wants(long now) {
    Set<Want> wants = EnumSet.noneOf(Want.class);
    if (!learns()) {
      return wants;
    }
    Mode mode = request.mode();
    boolean savi = mode == Mode.SAVI;
    boolean seenCounts = mode == Mode.ANY || mode == Mode.APPROVE;
    boolean recovers = savi && seen.maySendToRecover();
    wants.add(Want.DHCP);
    if (addresses.wants(Family.IPV4)) {
      boolean unsettled = seenCounts && addresses.settledUntil() <= now;
      boolean many = mode == Mode.APPROVE;
      add(wants, Want.ARP, savi || unsettled || many || seen.isTesting());
      add(wants, Want.IPV4, recovers || unsettled);
      add(wants, Want.ARP_REPLY_IN, savi);
    }
    if (addresses.wants(Family.IPV6)) {
      wants.add(Want.ND);
      wants.add(Want.ADVERTISEMENT_IN);
      add(wants, Want.IPV6, recovers || seenCounts && !addresses.hasAny(Family.IPV6));
    }
    return wants;
  }

  private static void add(Set<Want> wants, Want want, boolean wanted) {
    if (wanted) {
      wants.add(want);
    }
  }

  /**
   * Returns when {@link #watch(long)} changes by the mere passing of time; {@link PortBelief#NEVER}
   * if it does not.
   */
  long nextChange(long now) {
    long unmuted = mutedUntil > now ? mutedUntil : PortBelief.NEVER;
    boolean listensAgain =
        request.mode() != Mode.DHCP && wantedUntil > now && wantedUntil != PortBelief.NEVER;
    long again =
        listensAgain ? (wantedUntil / TICK.toNanos() + 1) * TICK.toNanos() : PortBelief.NEVER;
    return Math.min(unmuted, again);
  }

  /** Has {@link #nextTick()} asked for again. */
  void wake() {
    changes.due.run();
  }

  /** Returns when {@link #tick} is due; {@link PortBelief#NEVER} when it is not. */
  long nextTick() {
    return seen.next();
  }

  /** Does what is due by the mere passing of time. */
  void tick(long now) {
    seen.tick(now);
    compare(now);
  }

  /** Says whether another port may ask for an address that this one has. */
  boolean mayBeTested(InetAddress address) {
    return learns() && seen.mayBeTested(address);
  }

  /** An address is not this port's any more. */
  void forget(InetAddress address) {
    seen.forget(address);
  }

  /** Begins to ask the guest whether it still has an address. */
  void test(InetAddress address, long now) {
    seen.test(address, now);
    compare(now);
  }

  boolean approve(InetAddress address, long now) {
    boolean waited = addresses.approve(address, now);
    compare(now);
    return waited;
  }

  Set<InetAddress> waiting() {
    return addresses.waiting();
  }

  void fail(String reason) {
    sink.failed(reason);
    sink.deliver();
  }

  /** Says whether something was learned and is not told yet. */
  boolean hasNews() {
    return sink.hasKept();
  }

  /** Tells what was learned; its caller holds no lock. */
  void deliver() {
    sink.deliver();
  }

  /** Has what some ports tell meanwhile taken at once. */
  void together(Runnable telling) {
    sink.together(telling);
  }

  boolean isClosed() {
    return sink.isClosed();
  }

  void close() {
    sink.close();
    around.holders().exit(this);
  }
}
