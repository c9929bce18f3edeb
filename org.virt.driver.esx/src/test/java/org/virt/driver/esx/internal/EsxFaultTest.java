package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolumes;
import org.virt.driver.esx.internal.StubHost.Answer;
import org.virt.spi.driver.DriverConnection;
import org.virt.test.contract.EventLog;

/** A host that does what it should not. */
class EsxFaultTest extends StubCase {
  private record Fault(String name, Answer answer, String reason) {}

  private List<Fault> faults() {
    String doctype = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>";
    String entity = StubHost.response("X", "<returnval>&e;</returnval>");
    return List.of(
        new Fault("cut", (exchange, request) -> exchange.close(), ""),
        new Fault("401", (e, r) -> StubHost.send(e, 401, "no"), "HTTP status 401"),
        new Fault("500 without fault", (e, r) -> StubHost.send(e, 500, ""), "HTTP status 500"),
        new Fault(
            "500 with fault",
            (e, r) -> StubHost.send(e, 500, StubHost.fault("HostCommunication", "lost &amp; gone")),
            "HostCommunication"),
        new Fault("slow", (exchange, request) -> host.silence(exchange), "no answer within 1.0 s"),
        new Fault("half", EsxFaultTest::half, ""),
        new Fault("huge", EsxFaultTest::huge, "longer than"),
        new Fault("deep", (e, r) -> StubHost.send(e, 200, "<a>".repeat(300)), "deeper"),
        new Fault("no SOAP", (e, r) -> StubHost.send(e, 200, "<html/>"), "no SOAP"),
        new Fault("empty", (e, r) -> StubHost.send(e, 200, ""), "not XML"),
        new Fault(
            "entity",
            (e, r) -> StubHost.send(e, 200, entity.replaceFirst("\n", doctype)),
            "document type"),
        new Fault("unknown entity", (e, r) -> StubHost.send(e, 200, entity), "e"));
  }

  private static void half(HttpExchange exchange, String request) throws IOException {
    byte[] text = StubHost.response("X", "").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, text.length);
    exchange.getResponseBody().write(text, 0, text.length / 2);
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private static void huge(HttpExchange exchange, String request) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < 100; i++) {
        out.write(block);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> saysWhatWentWrongAndGoesOn() {
    return faults().stream().map(fault -> dynamicTest(fault.name(), () -> goesOn(fault)));
  }

  private void goesOn(Fault fault) throws Exception {
    DriverConnection connection = driver.open(host.uri());
    host.once("RetrievePropertiesEx", fault.answer());
    VirtException e = assertThrows(VirtException.class, connection::domains);
    assertTrue(e.getMessage().startsWith("list domains of 127.0.0.1: "), e.getMessage());
    assertTrue(e.getMessage().contains(fault.reason()), e.getMessage());
    assertTrue(!e.getMessage().contains("pass"), e.getMessage());
    assertEquals(List.of(), connection.domains());
    connection.close();
  }

  @TestFactory
  Stream<DynamicTest> failsToConnectAtEachStepAndLeavesNothing() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String step : List.of("RetrieveServiceContent", "Login", "RetrievePropertiesEx")) {
      for (Fault fault : faults()) {
        tests.add(
            dynamicTest(
                step + ": " + fault.name(),
                () -> {
                  host.once(step, fault.answer());
                  assertThrows(VirtException.class, () -> driver.open(host.uri()).close());
                  driver.open(host.uri()).close();
                }));
      }
    }
    return tests.stream();
  }

  private DriverConnection withATask() throws Exception {
    // All of a factory's tests have the same host.
    host.answer("RetrievePropertiesEx", StubHost.inventory());
    DriverConnection connection = connect();
    String running = StubHost.found(StubHost.task("<state>running</state>"));
    host.completes("PowerOnVM_Task");
    host.answer("WaitForUpdatesEx", StubHost.changed(StubHost.task("<state>success</state>")));
    host.answerProperties(Map.of("<type>Task</type>", running), StubHost.machine("poweredOff"));
    return connection;
  }

  @TestFactory
  Stream<DynamicTest> failsInATaskAtEachStepAndGoesOn() {
    return Stream.of(
            "PowerOnVM_Task", "CreatePropertyCollector", "CreateFilter", "WaitForUpdatesEx")
        .flatMap(
            step ->
                faults().stream()
                    .filter(fault -> !fault.name().equals("slow"))
                    .map(
                        fault ->
                            dynamicTest(step + ": " + fault.name(), () -> failsAt(step, fault))));
  }

  private void failsAt(String step, Fault fault) throws Exception {
    DriverConnection connection = withATask();
    host.requests.clear();
    host.once(step, fault.answer());
    VirtException e = assertThrows(VirtException.class, () -> connection.start(ID));
    assertTrue(e.getMessage().startsWith("start domain " + ID), e.getMessage());
    assertTrue(e.getMessage().contains(fault.reason()), e.getMessage());
    connection.start(ID);
    long made = host.count("CreatePropertyCollector");
    long failed = step.equals("CreatePropertyCollector") ? 1 : 0;
    assertEquals(made - failed, host.count("DestroyPropertyCollector"));
    connection.close();
  }

  @TestFactory
  Stream<DynamicTest> tellsWhatHappenedWhileItsWatchWasLost() {
    return faults().stream()
        .filter(fault -> !fault.name().equals("slow"))
        .map(fault -> dynamicTest(fault.name(), () -> losesItsWatch(fault)));
  }

  private void losesItsWatch(Fault fault) throws Exception {
    host.answer("RetrievePropertiesEx", StubHost.inventory());
    EsxConnection connection = connect();
    host.requests.clear();
    host.answerProperties(Map.of(), StubHost.machine("poweredOff"));
    Answer something =
        (e, r) -> StubHost.send(e, 200, StubHost.response("WaitForUpdatesEx", StubHost.changed()));
    Answer lost =
        (exchange, request) -> {
          host.answerProperties(Map.of(), StubHost.machine("poweredOn"));
          fault.answer().to(exchange, request);
        };
    Queue<Answer> waits =
        new ConcurrentLinkedQueue<>(List.of(something, lost, something, (e, r) -> host.silence(e)));
    host.answer("WaitForUpdatesEx", (e, r) -> waits.remove().to(e, r));
    EventLog events = new EventLog(Duration.ofSeconds(10));
    connection.subscribe(events);
    events.await(ID, List.of(Kind.STARTED_BOOTED));
    assertEquals(2, host.count("CreatePropertyCollector"));
    assertEquals(1, host.count("DestroyPropertyCollector"));
    connection.close();
    assertEquals(2, host.count("DestroyPropertyCollector"));
  }

  @TestFactory
  Stream<DynamicTest> saysWhichFileCannotBeReadOrWritten() {
    return faults().stream()
        .filter(fault -> List.of("cut", "401", "slow", "half").contains(fault.name()))
        .map(fault -> dynamicTest(fault.name(), () -> failsWithFiles(fault)));
  }

  private void failsWithFiles(Fault fault) throws Exception {
    host.answer("RetrievePropertiesEx", StubHost.inventory());
    EsxConnection connection = connect();
    String file = "/folder/a b/m.vmx";
    host.answerProperties(
        Map.of(),
        StubHost.machine(
            "poweredOff",
            StubHost.property("config.files.vmPathName", "xsd:string", "[ds] a b/m.vmx")));
    host.answer(file, fault.answer());
    String message = fails(ErrorCode.READ_FAILED, () -> connection.xml(ID, XmlView.INACTIVE));
    assertTrue(message.contains("read [ds] a b/m.vmx"), message);
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    byte[] content = {1, 2, 3};
    if (!fault.name().equals("half")) {
      message =
          fails(
              ErrorCode.WRITE_FAILED,
              () ->
                  volumes.uploadStorageVolume(
                      "ds", "a b/m.vmx", new ByteArrayInputStream(content), content.length));
      assertTrue(message.contains("write [ds] a b/m.vmx"), message);
    }
    OutputStream to = OutputStream.nullOutputStream();
    message =
        fails(ErrorCode.READ_FAILED, () -> volumes.downloadStorageVolume("ds", "a b/m.vmx", to));
    assertTrue(message.contains("read [ds] a b/m.vmx"), message);
    host.answer(
        file,
        (exchange, request) ->
            StubHost.send(
                exchange,
                200,
                "config.version = \"8\"\nvirtualHW.version = \"8\"\ndisplayName = \"m\"\nRemoteDisplay.vnc.enabled = \"true\"\nRemoteDisplay.vnc.password = \"hidden\"\n"));
    String xml = connection.xml(ID, XmlView.INACTIVE);
    assertTrue(xml.contains("<name>m</name>") && !xml.contains("hidden"), xml);
    connection.close();
  }

  @Test
  void renewsASessionThatHasEnded() throws Exception {
    DriverConnection connection = driver.open(host.uri());
    host.once(
        "RetrievePropertiesEx",
        (e, r) -> StubHost.send(e, 500, StubHost.fault("NotAuthenticated", "gone")));
    assertEquals(List.of(), connection.domains());
    assertEquals(2, host.count("Login"));
    host.answer(
        "RetrievePropertiesEx",
        (e, r) -> StubHost.send(e, 500, StubHost.fault("NotAuthenticated", "gone")));
    VirtException e = assertThrows(VirtException.class, connection::domains);
    assertEquals(ErrorCode.AUTH_FAILED, e.code(), e.getMessage());
    assertEquals(3, host.count("Login"));
  }

  @Test
  void listsAllMachinesWithOneRequest() throws Exception {
    DriverConnection connection = driver.open(host.uri());
    int before = host.requests.size();
    connection.domains();
    assertEquals(1, host.requests.size() - before);
  }

  @Test
  void logsOutWhenItIsClosed() throws Exception {
    DriverConnection connection = driver.open(host.uri());
    connection.close();
    connection.close();
    assertEquals(1, host.count("Logout"));
  }

  @Test
  void keepsSecretsOutOfMessages() {
    VirtException e =
        assertThrows(
            VirtException.class,
            () -> driver.open(URI.create("esx://root:hidden@127.0.0.1/")).close());
    assertEquals(ErrorCode.INVALID_ARG, e.code());
    assertTrue(!e.getMessage().contains("hidden"), e.getMessage());
  }
}
