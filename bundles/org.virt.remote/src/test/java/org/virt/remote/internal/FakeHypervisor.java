package org.virt.remote.internal;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.virt.api.Connect;
import org.virt.api.Connector;
import org.virt.api.Console;
import org.virt.api.Domain;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainListener;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;

/** A hypervisor with one machine, of which tests can see what was asked. */
final class FakeHypervisor implements Connector {
  static final DomainId ID = new DomainId(UUID.fromString("6695eb01-f6a4-8304-79aa-97f2502e193f"));
  static final String XML =
      "<domain type='fake'><name>one</name><os><type>hvm</type></os></domain>";

  final AtomicInteger opened = new AtomicInteger();
  final List<String> done = new CopyOnWriteArrayList<>();
  final Map<Class<?>, Object> facets = new ConcurrentHashMap<>();
  final List<DomainListener> listeners = new CopyOnWriteArrayList<>();
  volatile boolean here = true;
  volatile boolean running = true;
  volatile CountDownLatch shutdownWaits = new CountDownLatch(0);
  volatile Console console;
  volatile String capabilities = "<capabilities/>";
  private final Map<Connect, Boolean> alive = new ConcurrentHashMap<>();

  /** Leaves, as a driver's bundle does. */
  void leave() {
    here = false;
    alive.clear();
  }

  @Override
  public Connect open(URI uri, Authenticator user) throws VirtException {
    if (!here || !"fake".equals(uri.getScheme())) {
      throw new VirtException(ErrorCode.NO_CONNECT, "open " + uri + ": no driver");
    }
    opened.incrementAndGet();
    FakeConnect connect = new FakeConnect(uri);
    alive.put(connect, true);
    return connect;
  }

  @Override
  public List<String> schemes() {
    return List.of("fake");
  }

  void tell(DomainEvent.Kind kind) {
    listeners.forEach(listener -> listener.event(new DomainEvent(ID, "one", kind, "")));
  }

  private DomainSummary summary() {
    return new DomainSummary(
        ID,
        "one",
        running ? OptionalInt.of(7) : OptionalInt.empty(),
        DomainStatus.of(running ? Reason.BOOTED : Reason.DESTROYED),
        Persistence.PERSISTENT);
  }

  /** A connection. */
  private final class FakeConnect implements Connect {
    private final URI uri;

    FakeConnect(URI uri) {
      this.uri = uri;
    }

    private void check() throws VirtException {
      if (!isAlive()) {
        throw new VirtException(ErrorCode.NO_CONNECT, uri + ": the driver has left");
      }
    }

    @Override
    public URI uri() {
      return uri;
    }

    @Override
    public boolean isAlive() {
      return alive.containsKey(this);
    }

    @Override
    public HypervisorInfo hypervisor() throws VirtException {
      check();
      return new HypervisorInfo("FAKE", new HypervisorInfo.Version(1, 2, 3), "here");
    }

    @Override
    public NodeInfo nodeInfo() {
      return new NodeInfo("i686", 1024, 2, 0, new NodeInfo.Topology(1, 1, 2, 1));
    }

    @Override
    public String capabilities() {
      return capabilities;
    }

    @Override
    public List<DomainSummary> domains() throws VirtException {
      check();
      return List.of(summary());
    }

    @Override
    public Domain domain(DomainId id) throws VirtException {
      check();
      if (!id.equals(ID)) {
        throw new VirtException(
            ErrorCode.NO_DOMAIN, "Domain not found: no domain with matching uuid '" + id + "'");
      }
      return fakeDomain();
    }

    @Override
    public Domain lookup(String numberUuidOrName) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Domain define(String xml) throws VirtException {
      done.add("define");
      throw new VirtException(ErrorCode.XML_ERROR, "line 1, column 2: " + xml.length());
    }

    @Override
    public Domain create(String xml) {
      done.add("create");
      return fakeDomain();
    }

    @Override
    public Subscription subscribe(DomainListener listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    @Override
    public <F> F facet(Class<F> type) {
      Object facet = facets.get(type);
      return facet == null ? unsupported(type) : type.cast(facet);
    }

    @Override
    public void close() {
      alive.remove(this);
    }
  }

  private Domain fakeDomain() {
    return (Domain)
        Proxy.newProxyInstance(
            Domain.class.getClassLoader(),
            new Class<?>[] {Domain.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> ID;
                  case "summary" -> summary();
                  case "info" ->
                      new DomainInfo(summary().status(), 2048, 1024, 2, Duration.ofNanos(5));
                  case "xml" -> XML;
                  case "facet" -> unsupported((Class<?>) arguments[0]);
                  case "console" -> console;
                  case "shutdown" -> {
                    shutdownWaits.await();
                    done.add("shutdown");
                    yield null;
                  }
                  default -> {
                    done.add(method.getName());
                    yield null;
                  }
                });
  }

  private static <F> F unsupported(Class<F> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              throw new VirtException(ErrorCode.NO_SUPPORT, method.getName());
            }));
  }
}
