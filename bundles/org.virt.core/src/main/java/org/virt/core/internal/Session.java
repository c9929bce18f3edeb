package org.virt.core.internal;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.core.internal.Drivers.Driver;
import org.virt.spi.driver.DriverConnection;

/**
 * Stands between a connection's user and its driver: calls go through while both are there, and
 * whatever a driver throws comes out as a {@link VirtException}. Safe for use by many threads; no
 * lock is held during a call.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final Driver driver;
  private final URI uri;
  private final DriverConnection connection;
  private final Consumer<Session> onClose;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final AtomicBoolean released = new AtomicBoolean();
  private final Set<AutoCloseable> resources = ConcurrentHashMap.newKeySet();

  /** Who is still there. */
  private enum State {
    OPEN,
    DRIVER_LEFT,
    CLOSED
  }

  /** Something that is asked of a driver. */
  @FunctionalInterface
  interface Call<T> {
    T on(DriverConnection connection) throws VirtException;
  }

  /** Something that is asked of a driver without an answer. */
  @FunctionalInterface
  interface Order {
    void on(DriverConnection connection) throws VirtException;
  }

  private Session(Driver driver, URI uri, DriverConnection connection, Consumer<Session> onClose) {
    this.driver = driver;
    this.uri = uri;
    this.connection = connection;
    this.onClose = onClose;
  }

  /**
   * Opens a session with a driver.
   *
   * @param user asked for what is needed to log in
   * @param onClose told when the user closes it
   */
  static Session open(Driver driver, URI uri, Authenticator user, Consumer<Session> onClose)
      throws VirtException {
    String action = "open " + uri;
    DriverConnection connection;
    try {
      connection = driver.service().open(uri, user);
    } catch (RuntimeException | LinkageError e) {
      throw fault(driver, action, e);
    }
    if (connection == null) {
      throw fault(driver, action, new NullPointerException("no connection was returned"));
    }
    return new Session(driver, uri, connection, onClose);
  }

  Driver driver() {
    return driver;
  }

  boolean isOpen() {
    return state.get() == State.OPEN;
  }

  /** Says whether the driver has a facet. */
  boolean has(Class<?> facet) {
    return facet.isInstance(connection);
  }

  /**
   * Asks the driver.
   *
   * @param action for messages, such as {@code start domain a}
   * @return what the driver answered, never null
   */
  <T> T ask(String action, Call<T> call) throws VirtException {
    check(action);
    T answer;
    try {
      answer = call.on(connection);
    } catch (RuntimeException | LinkageError e) {
      // One that has left or was closed meanwhile may well fail; that is what the caller is told
      // then.
      check(action);
      throw fault(driver, action, e);
    }
    if (answer == null) {
      throw fault(driver, action, new NullPointerException("nothing was returned"));
    }
    return answer;
  }

  /** Asks the driver for something that has no answer. */
  void order(String action, Order order) throws VirtException {
    ask(
        action,
        connected -> {
          order.on(connected);
          return Boolean.TRUE;
        });
  }

  /** Has something closed when the session ends, unless {@link #forget} comes first. */
  void keep(AutoCloseable resource) {
    resources.add(resource);
    if (!isOpen()) {
      closeResources();
    }
  }

  void forget(AutoCloseable resource) {
    resources.remove(resource);
  }

  /** Lets every call from now on fail; {@link #release} does the rest. */
  void driverLeft() {
    state.compareAndSet(State.OPEN, State.DRIVER_LEFT);
  }

  /** Ends the session for its user. */
  void close() {
    if (state.getAndSet(State.CLOSED) != State.CLOSED) {
      onClose.accept(this);
      release();
    }
  }

  /** Gives back what is open at the driver, once. */
  void release() {
    if (released.compareAndSet(false, true)) {
      onClose.accept(this);
      closeResources();
      close(connection);
    }
  }

  private void closeResources() {
    for (AutoCloseable resource : resources) {
      resources.remove(resource);
      close(resource);
    }
  }

  private void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception | LinkageError e) {
      LOG.warn("close {}: the driver {} failed", uri, driver.name(), e);
    }
  }

  private void check(String action) throws VirtException {
    switch (state.get()) {
      case DRIVER_LEFT ->
          throw new VirtException(
              ErrorCode.NO_CONNECT,
              "%s: the driver of %s has left; open it again".formatted(action, uri));
      case CLOSED ->
          throw new VirtException(
              ErrorCode.INVALID_CONN, "%s: the connection %s is closed".formatted(action, uri));
      case OPEN -> {
        // Ask on.
      }
    }
  }

  private static VirtException fault(Driver driver, String action, Throwable fault) {
    return new VirtException(
        ErrorCode.INTERNAL_ERROR,
        "%s: the driver %s failed: %s".formatted(action, driver.name(), fault),
        fault);
  }
}
