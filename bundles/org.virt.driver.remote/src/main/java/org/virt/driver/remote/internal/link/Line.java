package org.virt.driver.remote.internal.link;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/**
 * A link that is made again when it was cut: by the next call, and by itself while somebody listens
 * to events. After a failure it is left alone for a while, longer each time. Safe for use by many
 * threads.
 */
public final class Line implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Line.class);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Link.Listener NOBODY =
      new Link.Listener() {
        @Override
        public void event(Packet event) {
          // None were asked for.
        }

        @Override
        public void cut(Link link, String reason) {
          // Its stream has failed, which is all that it was for.
        }
      };

  private final OtherEnd end;
  private final String name;
  private final LinkRuntime runtime;
  private final User user;
  private final ReentrantLock making = new ReentrantLock();
  private volatile Link current;
  private volatile boolean closed;
  private int failures;
  private long retryAt;
  private String reason = "";

  /** Uses the line. */
  public interface User {
    /** Takes an event, on the reading thread: it returns at once. */
    void event(Packet event);

    /** Prepares a link that was made, before it is used for calls. */
    void made(Link link) throws VirtException;

    /** Says whether a link is wanted although nobody calls. */
    boolean waits();
  }

  /** Makes a line, without a link at first. */
  public Line(OtherEnd end, LinkRuntime runtime, User user) {
    this.end = end;
    this.name = end.name();
    this.runtime = runtime;
    this.user = user;
  }

  /** Returns the limits of time. */
  public Limits limits() {
    return runtime.limits();
  }

  /**
   * Returns a link, which is made if there is none.
   *
   * @throws VirtException {@code NO_CONNECT} when it was cut and cannot be made again yet; {@code
   *     INVALID_CONN} when the line is closed; of the first link what its maker says
   */
  public Link link() throws VirtException {
    Link now = current;
    if (now != null && now.isOpen()) {
      return now;
    }
    try {
      if (!making.tryLock(limits().connect().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new VirtException(
            ErrorCode.NO_CONNECT, "reach " + name + ": another thread still tries to connect");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VirtException(
          ErrorCode.OPERATION_ABORTED, "reach " + name + ": the wait was interrupted", e);
    }
    try {
      return madeAgain();
    } finally {
      making.unlock();
    }
  }

  /**
   * Opens another link to the same hypervisor, for a stream that would hold up all else. It is not
   * made again, and tells of no events.
   */
  public Link separate() throws VirtException {
    Link link = new Link(name, end.opener().open(limits().connect()), runtime, NOBODY);
    link.start();
    try {
      new Handshake(link, limits(), end.logins()).open(end.remoteName());
      return link;
    } catch (VirtException | RuntimeException e) {
      link.close();
      throw e;
    }
  }

  /** Opens a connection to the same hypervisor that one thread reads contents from. */
  public Intake intake() throws VirtException {
    return Intake.open(end, runtime);
  }

  /** Says whether there is a link that works. */
  public boolean isOpen() {
    Link now = current;
    return now != null && now.isOpen();
  }

  @Override
  public void close() {
    closed = true;
    Link now = current;
    if (now == null) {
      return;
    }
    if (now.isOpen()) {
      try {
        Procedure farewell = Protocol.libvirt().procedure(Program.REMOTE, "connect_close");
        now.send(farewell, farewell.args().of()).await(FAREWELL);
      } catch (VirtException e) {
        LOG.debug("{}: closed without a farewell: {}", name, e.getMessage());
      }
    }
    now.close();
  }

  private Link madeAgain() throws VirtException {
    Link now = current;
    if (closed) {
      throw new VirtException(
          ErrorCode.INVALID_CONN, "reach " + name + ": the connection is closed");
    }
    if (now != null && now.isOpen()) {
      return now;
    }
    long left = retryAt - System.nanoTime();
    if (failures > 0 && left > 0) {
      throw gone("; tried again in %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(left)));
    }
    try {
      current = make();
      failures = 0;
      if (now != null) {
        LOG.info("{}: connected again", name);
      }
    } catch (VirtException e) {
      if (now == null) {
        throw e;
      }
      failures++;
      retryAt = System.nanoTime() + limits().retry(failures).toNanos();
      reason = e.getMessage();
      throw gone("");
    }
    if (closed) {
      current.close();
    }
    return current;
  }

  private Link make() throws VirtException {
    Link link = new Link(name, end.opener().open(limits().connect()), runtime, new Ear());
    link.start();
    try {
      Handshake handshake = new Handshake(link, limits(), end.logins());
      handshake.open(end.remoteName());
      if (handshake.knowsKeepAlive()) {
        link.keepAlive();
      }
      user.made(link);
      return link;
    } catch (VirtException | RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private VirtException gone(String then) {
    return new VirtException(
        ErrorCode.NO_CONNECT,
        "reach %s: the connection was cut and cannot be made again: %s%s"
            .formatted(name, reason, then));
  }

  /** Makes a link for the sake of events, now or later. */
  private void makeForEvents() {
    if (closed || isOpen() || !user.waits()) {
      return;
    }
    try {
      link();
    } catch (VirtException e) {
      LOG.debug("{}: {}", name, e.getMessage());
      later();
    }
  }

  private void later() {
    if (!runtime.timer().isShutdown()) {
      runtime
          .timer()
          .schedule(
              () -> runtime.work().execute(this::makeForEvents),
              limits().retry(Math.max(failures, 1)).toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private final class Ear implements Link.Listener {
    @Override
    public void event(Packet event) {
      user.event(event);
    }

    @Override
    public void cut(Link link, String why) {
      if (closed || link != current) {
        return;
      }
      LOG.warn("{}: the connection was cut: {}", name, why);
      if (user.waits()) {
        later();
      }
    }
  }
}
