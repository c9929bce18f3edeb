package org.virt.remote.internal.session;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.virt.api.Connect;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * The connection that a client has opened. When its driver leaves, calls answer {@code NO_CONNECT};
 * once it is there again it is opened anew, and the client need not notice.
 */
public final class Opened {
  private static final int MOST_KNOWN = 256;

  private final Services services;
  private Consumer<Connect> onOpen = connect -> {};
  private final Map<String, DomainId> known = new ConcurrentHashMap<>();
  private volatile URI uri;
  private Connect connect;
  private boolean closed;
  private volatile boolean readOnly;

  Opened(Services services) {
    this.services = services;
  }

  /** Has something done with each connection that is opened. */
  synchronized void onOpen(Consumer<Connect> hook) {
    onOpen = hook;
  }

  /** Whether a client wants to change something. */
  public enum Wish {
    CHANGE,
    LOOK
  }

  /** Opens a connection; a client has one. */
  public synchronized void open(URI wanted, Wish wish) throws VirtException {
    if (connect != null) {
      throw new VirtException(ErrorCode.INTERNAL_ERROR, "connection already open");
    }
    connect = services.connector().open(wanted);
    uri = wanted;
    readOnly = wish == Wish.LOOK;
  }

  /** Says whether the client wants to look only. */
  public boolean isReadOnly() {
    return readOnly;
  }

  /** Returns the URI, or nothing while there is none. */
  public String uriText() {
    URI now = uri;
    return now == null ? "" : now.toString();
  }

  /** Returns the driver's scheme, or nothing while there is none. */
  public String scheme() {
    URI now = uri;
    return now == null ? "" : now.getScheme();
  }

  /** Returns the connection, opened anew where its driver was away. */
  public Connect connect() throws VirtException {
    Connect renewed;
    Consumer<Connect> hook;
    synchronized (this) {
      if (connect == null || closed) {
        throw new VirtException(ErrorCode.INTERNAL_ERROR, "hypervisor connection not open");
      }
      if (connect.isAlive()) {
        return connect;
      }
      connect.close();
      connect = services.connector().open(uri);
      renewed = connect;
      hook = onOpen;
    }
    hook.accept(renewed);
    return renewed;
  }

  /** Returns the machine that had a name the last time; it may have another one now. */
  public Optional<DomainId> known(String name) {
    return Optional.ofNullable(known.get(name));
  }

  /** Notes a machine's name. */
  public void note(String name, DomainId id) {
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    known.put(name, id);
  }

  /** Ends the connection for good. */
  public synchronized void close() {
    closed = true;
    if (connect != null) {
      connect.close();
    }
  }
}
