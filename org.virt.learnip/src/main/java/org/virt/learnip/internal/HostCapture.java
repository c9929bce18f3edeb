package org.virt.learnip.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** The one capture of this host and the thread that reads it; open while it is needed. */
final class HostCapture {
  private static final Logger LOG = LoggerFactory.getLogger(HostCapture.class);
  private static final Duration END_WAIT = Duration.ofSeconds(2);

  /** Ports that come within such a time come together. */
  private static final Duration BURST = Duration.ofMillis(20);

  private final Capture.Opener opener;
  private final Supplier<List<Watch>> watches;
  private final Supplier<Capture.Frames> frames;
  private final Consumer<VirtException> broke;
  private final GuestLog guests = new GuestLog(this::heard);

  private Capture capture;
  private Thread thread;
  private boolean ended;

  /** When the filter was made anew, and whether it takes everything since. */
  private long refreshed;

  private boolean everything;

  /**
   * Makes one that is not open.
   *
   * @param watches what is to be captured, asked each time anew
   * @param frames makes what takes frames on one thread, such as {@code virt-learnip-capture}
   * @param broke told when the capture ended by itself, on the same thread
   */
  HostCapture(
      Capture.Opener opener,
      Supplier<List<Watch>> watches,
      Supplier<Capture.Frames> frames,
      Consumer<VirtException> broke) {
    this.opener = opener;
    this.watches = watches;
    this.frames = frames;
    this.broke = broke;
  }

  /**
   * Captures a port that is new, and all others; opens the capture when it is not open. Of many
   * ports that come together only the first ones have the filter made anew; then it takes
   * everything until the next {@link #refresh()}.
   */
  synchronized void add(Watch added) throws VirtException {
    long now = System.nanoTime();
    if (capture == null || now - refreshed > BURST.toNanos()) {
      refresh();
      return;
    }
    guests.add(added);
    if (!everything) {
      capture.watchAll();
      everything = true;
    }
  }

  /** Captures what is to be captured now; opens the capture when it is not open. */
  synchronized void refresh() throws VirtException {
    if (ended) {
      throw new VirtException(ErrorCode.OPEN_FAILED, "the learner has stopped");
    }
    List<Watch> wanted = watches.get();
    guests.watch(wanted);
    if (capture != null) {
      capture.watch(wanted);
      refreshed = System.nanoTime();
      everything = false;
      return;
    }
    Capture opened = opener.open();
    try {
      opened.watch(wanted);
    } catch (VirtException e) {
      opened.close();
      throw e;
    }
    capture = opened;
    refreshed = System.nanoTime();
    everything = false;
    thread = new Thread(() -> read(opened), "virt-learnip-capture");
    thread.setDaemon(true);
    thread.start();
  }

  /** Does the same, but only when the capture is open. */
  synchronized void refreshIfOpen() throws VirtException {
    if (capture != null) {
      refresh();
    }
  }

  private void read(Capture opened) {
    VirtException reason = null;
    Capture.Frames captured = new Captured(frames.get());
    try {
      opened.run(captured);
    } catch (VirtException e) {
      reason = e;
      captured.pause();
    }
    synchronized (this) {
      if (capture == opened) {
        capture = null;
      }
    }
    opened.close();
    if (reason != null) {
      broke.accept(reason);
    }
  }

  /**
   * What a guest sends that is heard before its rules is not heard again behind them. DHCP is heard
   * here only, where requests come before their answers and forgeries before their copies; what the
   * rules drop of it has neither.
   */
  private final class Captured implements Capture.Frames {
    private final Capture.Frames to;

    Captured(Capture.Frames to) {
      this.to = to;
    }

    @Override
    public boolean take(byte[] bytes) {
      int index = CookedFrame.index(bytes);
      boolean here = index == 0 || !CookedFrame.outgoing(bytes) || !guests.hears(index);
      return (here || DhcpDatagram.isIn(bytes)) && guarded(to, bytes);
    }

    @Override
    public void pause() {
      HostCapture.pause(to);
    }
  }

  private void heard(byte[] bytes) {
    Capture.Frames alone = frames.get();
    if (!DhcpDatagram.isIn(bytes) && guarded(alone, bytes)) {
      pause(alone);
    }
  }

  private static boolean guarded(Capture.Frames to, byte[] bytes) {
    try {
      return to.take(bytes);
    } catch (RuntimeException e) {
      LOG.error("a captured frame of {} bytes was not dealt with", bytes.length, e);
      return true;
    }
  }

  private static void pause(Capture.Frames to) {
    try {
      to.pause();
    } catch (RuntimeException e) {
      LOG.error("what captured frames teach was not dealt with", e);
    }
  }

  /**
   * Closes the capture when nothing is to be captured; the next {@link #refresh()} opens another.
   */
  synchronized void closeIfIdle() {
    if (capture != null && watches.get().isEmpty()) {
      capture.stop();
      capture = null;
      guests.close();
    }
  }

  /** Ends the capture for good and waits for its thread, for a bounded time. */
  void end() {
    Thread reader;
    synchronized (this) {
      ended = true;
      guests.close();
      reader = capture == null ? null : thread;
      if (capture != null) {
        capture.stop();
        capture = null;
      }
    }
    if (reader == null || reader == Thread.currentThread()) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.timedJoin(reader, END_WAIT.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
