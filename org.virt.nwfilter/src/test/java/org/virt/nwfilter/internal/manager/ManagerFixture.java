package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;

/** A manager with a technique, interfaces and a learner in memory. */
abstract class ManagerFixture {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @TempDir Path home;

  final FakeTechnique.Kernel kernel = new FakeTechnique.Kernel();
  final FakeLinks links = new FakeLinks();
  final Map<Integer, LearnSink> sinks = new ConcurrentHashMap<>();
  final Map<Integer, LearnRequest> requests = new ConcurrentHashMap<>();
  final List<String> events = new CopyOnWriteArrayList<>();
  FakeTechnique technique = new FakeTechnique(kernel);
  final AddressLearner learner =
      (request, sink) -> {
        sinks.put(request.port().index(), sink);
        requests.put(request.port().index(), request);
        return () -> sinks.remove(request.port().index(), sink);
      };
  NetworkFilterManager manager;

  @BeforeEach
  void start() throws VirtException {
    begin();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "fake"));
  }

  /** Starts a manager that has no technique yet. */
  void begin() throws VirtException {
    manager = new NetworkFilterManager(new FolderState(home), () -> links, Clock.systemUTC());
    manager.start();
    manager.setLearner(learner);
    manager.subscribe(
        new FilterListener() {
          @Override
          public void addressEvent(AddressEvent event) {
            events.add(event.kind() + " " + event.address().address());
          }
        });
  }

  @AfterEach
  void stop() {
    manager.stop();
  }

  static FilterBinding binding(String port, String filter, String... parameters) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      values.put(parameters[i], List.of(parameters[i + 1]));
    }
    return new FilterBinding(
        new FilterBinding.Owner("vm", new UUID(1, 2)),
        new PortId(port),
        Optional.empty(),
        MacAddress.parse("52:54:00:00:00:01"),
        new FilterReference(filter, values));
  }

  PortStatus status(String port) {
    return manager.status().stream()
        .filter(s -> s.port().name().equals(port))
        .findFirst()
        .orElseThrow();
  }

  static void await(String what, java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not within " + DEADLINE + ": " + what);
      Thread.onSpinWait();
    }
  }

  static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }
}
