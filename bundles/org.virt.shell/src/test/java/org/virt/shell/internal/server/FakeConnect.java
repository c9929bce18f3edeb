package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.virt.api.Connect;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
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
import org.virt.api.domain.SaveVerbs;

/** A hypervisor whose machines are what a test says; a machine is named by its XML. */
final class FakeConnect implements Connect {
  final Map<String, FakeDomain> machines = new TreeMap<>();
  final Map<Class<?>, Object> facets = new HashMap<>();
  final Map<Class<?>, Object> facetsOfMachines = new HashMap<>();

  /** What whoever listens is told of objects beside machines. */
  final List<Consumer<DomainListener>> news = new ArrayList<>();

  String xml = "<domain/>\n";
  String capabilities = "<capabilities/>\n";

  FakeDomain add(String name, Reason reason, int number, Persistence persistence) {
    FakeDomain domain = new FakeDomain(name, DomainStatus.of(reason), number, persistence);
    machines.put(name, domain);
    return domain;
  }

  @Override
  public URI uri() {
    return URI.create("test:///default");
  }

  @Override
  public boolean isAlive() {
    return true;
  }

  @Override
  public HypervisorInfo hypervisor() {
    return new HypervisorInfo("TEST", new HypervisorInfo.Version(7, 2, 1), "host.example");
  }

  @Override
  public NodeInfo nodeInfo() {
    return new NodeInfo("x86_64", 2048, 4, 1400, new NodeInfo.Topology(1, 2, 2, 1));
  }

  @Override
  public String capabilities() {
    return capabilities;
  }

  @Override
  public List<DomainSummary> domains() {
    return machines.values().stream().map(FakeDomain::summary).toList();
  }

  @Override
  public Domain domain(DomainId id) throws VirtException {
    return lookup(id.toString());
  }

  @Override
  public Domain lookup(String name) throws VirtException {
    FakeDomain domain = machines.get(name);
    if (domain == null) {
      throw new VirtException(ErrorCode.NO_DOMAIN, "no domain with matching name '" + name + "'");
    }
    return domain;
  }

  @Override
  public Domain define(String text) throws VirtException {
    if (text.isEmpty()) {
      throw new VirtException(ErrorCode.XML_ERROR, "read domain XML: line 1, column 1: empty");
    }
    return add(text, Reason.SHUT_DOWN, 0, Persistence.PERSISTENT);
  }

  @Override
  public Domain create(String text) {
    return add(text, Reason.BOOTED, 7, Persistence.TRANSIENT);
  }

  @Override
  public Subscription subscribe(DomainListener listener) {
    for (FakeDomain domain : machines.values()) {
      listener.event(
          new DomainEvent(domain.id(), domain.name, DomainEvent.Kind.STARTED_BOOTED, ""));
    }
    news.forEach(told -> told.accept(listener));
    return () -> {};
  }

  @Override
  public <F> F facet(Class<F> type) {
    assertNotNull(facets.get(type), "no such facet: " + type);
    return type.cast(facets.get(type));
  }

  @Override
  public void close() {}

  /** A machine that does nothing but remember what was asked of it. */
  final class FakeDomain implements Domain {
    private final String name;
    private final DomainStatus status;
    private final int number;
    private Persistence persistence;
    String asked = "";

    private FakeDomain(String name, DomainStatus status, int number, Persistence persistence) {
      this.name = name;
      this.status = status;
      this.number = number;
      this.persistence = persistence;
    }

    @Override
    public <F> F facet(Class<F> type) {
      // Of others it has none of the verbs, so each answers NO_SUPPORT.
      return type.cast(facetsOfMachines.getOrDefault(type, new SaveVerbs() {}));
    }

    @Override
    public DomainId id() {
      return new DomainId(new UUID(0, name.hashCode() & 0xffff));
    }

    @Override
    public DomainSummary summary() {
      OptionalInt id = number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
      return new DomainSummary(id(), name, id, status, persistence);
    }

    @Override
    public DomainInfo info() {
      return new DomainInfo(status, 8192, 4096, 2, Duration.ofMillis(1550));
    }

    @Override
    public String xml(XmlView view) {
      return view == XmlView.INACTIVE ? "<inactive/>\n" : xml;
    }

    @Override
    public void start() throws VirtException {
      if (status.state().isActive()) {
        throw new VirtException(ErrorCode.OPERATION_INVALID, "domain is already running");
      }
      asked = "start";
    }

    @Override
    public void shutdown() {
      asked = "shutdown";
    }

    @Override
    public void reboot() {
      asked = "reboot";
    }

    @Override
    public void reset() {
      asked = "reset";
    }

    @Override
    public void suspend() {
      asked = "suspend";
    }

    @Override
    public void resume() {
      asked = "resume";
    }

    @Override
    public void destroy() {
      asked = "destroy";
    }

    @Override
    public void undefine() {
      asked = "undefine";
      machines.remove(name);
    }

    @Override
    public void autostart(Autostart autostart) {
      persistence = autostart == Autostart.ON ? Persistence.AUTOSTART : Persistence.PERSISTENT;
    }

    @Override
    public Console console(String device, Set<OpenFlag> flags) throws VirtException {
      throw new VirtException(ErrorCode.DEVICE_MISSING, "no console");
    }
  }
}
