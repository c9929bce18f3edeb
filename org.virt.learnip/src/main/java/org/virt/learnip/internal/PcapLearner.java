package org.virt.learnip.internal;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.LearningReport.Packet;
import org.virt.common.net.Link;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.Listening;

/**
 * Learns addresses by one packet capture for all ports. Nothing native is loaded before the first
 * port.
 */
@Component(configurationPid = LearnerConfiguration.PID)
@Designate(ocd = LearnerConfiguration.class)
public final class PcapLearner implements AddressLearner {
  private static final Pace PACE = new Pace(Duration.ofSeconds(5), Duration.ofMillis(100));

  private static final Logger LOG = LoggerFactory.getLogger(PcapLearner.class);

  /**
   * How soon a filter that takes too much is narrowed; changes that come together are made
   * together.
   */
  private static final Duration NARROWED = Duration.ofMillis(50);

  private static final int RETRIES = 6;

  /** A capture that lived so long is a sound one: the next failure is a new one. */
  private static final Duration SOUND = Duration.ofSeconds(10);

  /**
   * How long this waits.
   *
   * @param linger until the capture is closed after the last port left
   * @param firstRetry until a broken capture is opened again; twice as long each time
   */
  record Pace(Duration linger, Duration firstRetry) {}

  private final long origin = System.nanoTime();
  private final LearningPorts ports;
  private final Neighborhood around;
  private final HostCapture capture;
  private final Pace pace;
  private final Runnable closing;
  private final ScheduledThreadPoolExecutor timer;
  private final WarmUp warmUp = new WarmUp();
  private final AtomicBoolean warm = new AtomicBoolean();
  private final AtomicBoolean refreshPlanned = new AtomicBoolean();
  private final AtomicBoolean tickPlanned = new AtomicBoolean();

  /** For what changes by the mere passing of time; of the timer's thread. */
  private Future<?> nextRefresh = CompletableFuture.completedFuture(null);

  /** For checks of addresses; of the timer's thread. */
  private Future<?> nextTick = CompletableFuture.completedFuture(null);

  private volatile boolean stopped;
  private int failures;
  private long lastFailure;

  /** Starts with nothing to learn. */
  @Activate
  public PcapLearner(LearnerConfiguration configuration) {
    this(SaviTimers.of(configuration));
  }

  /** Starts with the standard timers. */
  public PcapLearner() {
    this(SaviTimers.STANDARD);
  }

  private PcapLearner(SaviTimers timers) {
    this.pace = PACE;
    HostInterfaces interfaces = new HostInterfaces(this::isLinkDevice);
    this.closing = interfaces::close;
    this.around =
        new Neighborhood(
            new Holders(),
            new NetworkFacts(),
            interfaces,
            new PacketProber(),
            timers,
            Clock.systemUTC());
    this.ports = new LearningPorts(interfaces, this::now);
    this.capture = capture(PcapCapture::open);
    this.timer = timer();
  }

  PcapLearner(Capture.Opener opener, Pace pace, Neighborhood around) {
    this.pace = pace;
    this.around = around;
    this.closing = () -> {};
    this.ports = new LearningPorts(around.interfaces(), this::now);
    this.capture = capture(opener);
    this.timer = timer();
  }

  private boolean isLinkDevice(Link link) {
    return ports.haveLinkDevice(link);
  }

  private HostCapture capture(Capture.Opener opener) {
    return new HostCapture(
        opener, ports::watches, () -> new Burst(ports, System::nanoTime), this::broke);
  }

  private static ScheduledThreadPoolExecutor timer() {
    // What the capture still wants to plan while this stops is not needed any more.
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, PcapLearner::timerThread, new ThreadPoolExecutor.DiscardPolicy());
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  private static Thread timerThread(Runnable work) {
    Thread thread = new Thread(work, "virt-learnip-timer");
    thread.setDaemon(true);
    return thread;
  }

  private long now() {
    return System.nanoTime() - origin;
  }

  @Override
  public Listening learn(LearnRequest request, LearnSink sink) throws VirtException {
    Objects.requireNonNull(sink, "sink");
    LearningPort port =
        new LearningPort(
            request,
            sink,
            around,
            now(),
            new LearningPort.Changes(this::planRefresh, this::planTick, this::refreshNow));
    // Known before it is captured: its first frame finds it.
    around.holders().enter(port);
    ports.add(port);
    if (port.learns()) {
      try {
        capture.add(ports.watch(port));
      } catch (VirtException e) {
        leave(port);
        throw new VirtException(
            ErrorCode.OPEN_FAILED,
            "learn the addresses of " + request.port() + ": " + e.getMessage(),
            e);
      }
      planRefresh();
    }
    if (port.learns() && warm.compareAndSet(false, true)) {
      warmUp.start();
    }
    LOG.debug("{}: learning, mode {}", request.port(), request.mode());
    return new PortListening(port);
  }

  private final class PortListening implements Listening {
    private final LearningPort port;

    PortListening(LearningPort port) {
      this.port = port;
    }

    @Override
    public boolean approve(InetAddress address) {
      return ports.approve(port, address);
    }

    @Override
    public Set<InetAddress> waiting() {
      return ports.waiting(port);
    }

    @Override
    public List<Packet> packets() {
      return port.diary().packets();
    }

    @Override
    public Map<String, Long> counters() {
      return port.diary().counters();
    }

    @Override
    public void close() {
      leave(port);
    }
  }

  private void leave(LearningPort port) {
    port.close();
    ports.remove(port);
    planRefresh();
    if (ports.isIdle()) {
      plan(capture::closeIfIdle, pace.linger);
    }
  }

  private void planTick() {
    if (tickPlanned.compareAndSet(false, true)) {
      plan(this::tick, Duration.ZERO);
    }
  }

  /** Nothing is done at once: what a guest waits for comes first. */
  private void planRefresh() {
    if (refreshPlanned.compareAndSet(false, true)) {
      plan(this::refresh, NARROWED);
    }
  }

  /** What a guest sends in the 50 ms of a planned change would be more than the capture holds. */
  private void refreshNow() {
    plan(this::refresh, Duration.ZERO);
  }

  /** Does what is due and comes again when something else is. */
  private void tick() {
    tickPlanned.set(false);
    around.interfaces().hear();
    ports.tick();
    long next = ports.nextTick();
    nextTick.cancel(false);
    if (next != PortBelief.NEVER && !stopped) {
      nextTick = timer.schedule(this::tick, Math.max(0, next - now()), TimeUnit.NANOSECONDS);
    }
  }

  private void plan(Runnable work, Duration delay) {
    if (!stopped) {
      timer.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void refresh() {
    refreshPlanned.set(false);
    try {
      capture.refreshIfOpen();
    } catch (VirtException e) {
      LOG.warn("the capture still takes what it took before: {}", e.getMessage());
    }
    long next = ports.nextChange();
    nextRefresh.cancel(false);
    if (next != PortBelief.NEVER && !stopped) {
      nextRefresh = timer.schedule(this::planRefresh, next - now(), TimeUnit.NANOSECONDS);
    }
    tick();
  }

  /**
   * The capture ended by itself: opens it again, later and later, and gives up after some tries.
   */
  private void broke(VirtException reason) {
    LOG.warn("the capture of addresses broke: {}", reason.getMessage());
    synchronized (timer) {
      failures = now() - lastFailure > SOUND.toNanos() ? 0 : failures;
      lastFailure = now();
    }
    retry(reason);
  }

  private void retry(VirtException reason) {
    int tries;
    synchronized (timer) {
      tries = failures++;
      lastFailure = now();
    }
    if (tries < RETRIES) {
      plan(this::reopen, pace.firstRetry.multipliedBy(1L << tries));
    } else {
      ports.all().forEach(port -> port.fail(reason.getMessage()));
    }
  }

  private void reopen() {
    if (ports.isIdle()) {
      return;
    }
    try {
      capture.refresh();
      LOG.info("the capture of addresses is open again");
    } catch (VirtException e) {
      retry(e);
    }
  }

  /** Ends the capture for good; what the ports learned is the receivers' business. */
  @Deactivate
  public void deactivate() {
    stopped = true;
    warmUp.end();
    timer.shutdownNow();
    ports.all().forEach(LearningPort::close);
    capture.end();
    closing.run();
  }
}
