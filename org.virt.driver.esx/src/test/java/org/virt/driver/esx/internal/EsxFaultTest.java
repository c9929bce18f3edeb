package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.MigrationVerbs;
import org.virt.api.domain.MigrationVerbs.MigrateFlag;
import org.virt.api.domain.ScreenVerbs;
import org.virt.driver.esx.internal.StubHost.Answer;
import org.virt.spi.driver.DriverConnection;

/** A host that does what it should not, and what the simulator does not do. */
class EsxFaultTest {
  private static final DomainId ID = new DomainId(UUID.fromString(StubHost.UUID_1));

  private final EsxDriver driver =
      new EsxDriver(Map.of("password.127.0.0.1", "pass", "timeout", "1"));
  private StubHost host;

  @BeforeEach
  void startHost() throws IOException {
    host = new StubHost();
  }

  @AfterEach
  void stopHost() {
    driver.deactivate();
    host.close();
  }

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
  void asksTheGuestToReboot() throws Exception {
    DriverConnection connection = driver.open(host.uri());
    host.answer("RetrievePropertiesEx", StubHost.machine("poweredOn"));
    connection.reboot(ID);
    assertEquals(1, host.count("RebootGuest"));
    host.answer(
        "RebootGuest",
        (e, r) -> StubHost.send(e, 500, StubHost.fault("ToolsUnavailable", "no tools")));
    VirtException e = assertThrows(VirtException.class, () -> connection.reboot(ID));
    assertEquals(ErrorCode.AGENT_UNRESPONSIVE, e.code(), e.getMessage());
  }

  @Test
  void switchesAutostart() throws Exception {
    EsxConnection connection = (EsxConnection) driver.open(host.uri());
    String machine = StubHost.machine("poweredOff");
    String host1 =
        StubHost.object(
            "HostSystem",
            "ha-host",
            StubHost.reference(
                    "configManager.autoStartManager", "HostAutoStartManager", "ha-autostart-mgr")
                + StubHost.property(
                    "config.autoStart.powerInfo",
                    "ArrayOfAutoStartPowerInfo",
                    "<AutoStartPowerInfo><key type=\"VirtualMachine\">1</key>"
                        + "<startAction>powerOn</startAction></AutoStartPowerInfo>"));
    host.answer(
        "RetrievePropertiesEx",
        (e, request) -> {
          boolean both = request.contains("<path>vm</path>");
          boolean ofHost = request.contains("<type>HostSystem</type>");
          String answer = "<returnval>" + host1 + "</returnval>";
          if (both) {
            answer = machine.replace("</returnval>", host1 + "</returnval>");
          } else if (!ofHost) {
            answer = machine;
          }
          StubHost.send(e, 200, StubHost.response("RetrievePropertiesEx", answer));
        });
    assertEquals(
        List.of(DomainSummary.Persistence.AUTOSTART),
        connection.domains().stream().map(DomainSummary::persistence).toList());
    connection.autostart(ID, Autostart.OFF);
    String sent = host.requests.get(host.requests.size() - 1);
    assertTrue(sent.contains("<startAction>none</startAction>"), sent);
    connection.autostart(ID, Autostart.ON);
    sent = host.requests.get(host.requests.size() - 1);
    assertTrue(sent.contains("<defaults><enabled>true</enabled></defaults>"), sent);
    assertTrue(sent.contains("<key type=\"VirtualMachine\">1</key>"), sent);
  }

  private static String vcenter() {
    return StubHost.inventory()
        .replace(
            "</returnval>",
            StubHost.object(
                    "HostSystem",
                    "host-2",
                    StubHost.property("name", "xsd:string", "other")
                        + StubHost.reference("parent", "ComputeResource", "ha-compute-res"))
                + "</returnval>");
  }

  @Test
  void movesAMachineToAnotherHost() throws Exception {
    host.answer("RetrieveServiceContent", StubHost.content("VirtualCenter"));
    host.answer("RetrievePropertiesEx", vcenter());
    String base =
        host.uri().toString().replace("esx://", "vpx://").replace("/?", "/ha-datacenter/%s?");
    EsxConnection connection = (EsxConnection) driver.open(URI.create(base.replace("%s", "esx")));
    String done =
        "<returnval>"
            + StubHost.object(
                "Task", "task-1", StubHost.property("info", "TaskInfo", "<state>success</state>"))
            + "</returnval>";
    host.answer("MigrateVM_Task", "<returnval type=\"Task\">task-1</returnval>");
    host.answer(
        "RetrievePropertiesEx",
        (e, request) -> {
          String answer = StubHost.machine("poweredOn");
          if (request.contains("<type>Task</type>")) {
            answer = done;
          } else if (request.contains("<type>Datacenter</type>")) {
            answer = vcenter();
          }
          StubHost.send(e, 200, StubHost.response("RetrievePropertiesEx", answer));
        });
    MigrationVerbs verbs = connection.facet(MigrationVerbs.class, ID).orElseThrow();
    verbs.migrate(URI.create(base.replace("%s", "other")), Set.of(MigrateFlag.LIVE));
    String sent =
        host.requests.stream()
            .filter(r -> r.contains("<MigrateVM_Task "))
            .findFirst()
            .orElseThrow();
    assertTrue(sent.contains("<host type=\"HostSystem\">host-2</host>"), sent);
    URI here = URI.create(base.replace("%s", "esx"));
    VirtException e = assertThrows(VirtException.class, () -> verbs.migrate(here, Set.of()));
    assertEquals(ErrorCode.OPERATION_INVALID, e.code(), e.getMessage());
    assertThrows(VirtException.class, () -> verbs.migrate(URI.create("qemu://h/system"), Set.of()));
  }

  @Test
  void takesAScreenshot() throws Exception {
    EsxConnection connection = (EsxConnection) driver.open(host.uri());
    host.answer("RetrievePropertiesEx", StubHost.machine("poweredOn"));
    host.answer("/screen", (exchange, request) -> StubHost.send(exchange, 200, "PNG"));
    ScreenVerbs.Picture picture =
        connection.facet(ScreenVerbs.class, ID).orElseThrow().screenshot(0);
    assertEquals("PNG", new String(picture.content(), StandardCharsets.UTF_8));
  }

  private void question() {
    String task =
        "<returnval>"
            + StubHost.object(
                "Task", "task-1", StubHost.property("info", "TaskInfo", "<state>running</state>"))
            + "</returnval>";
    String done = task.replace("running", "success");
    String asked =
        "<returnval>"
            + StubHost.object(
                "VirtualMachine",
                "1",
                StubHost.property(
                    "runtime.question",
                    "VirtualMachineQuestionInfo",
                    "<id>7</id><text>moved or copied?</text><choice><choiceInfo><label>Moved"
                        + "</label><key>1</key></choiceInfo><choiceInfo><label>Copied</label>"
                        + "<key>2</key></choiceInfo><defaultIndex>1</defaultIndex></choice>"))
            + "</returnval>";
    host.answer("PowerOnVM_Task", "<returnval type=\"Task\">task-1</returnval>");
    host.answer("CancelTask", "");
    host.answer("AnswerVM", "");
    host.answer(
        "RetrievePropertiesEx",
        (e, request) -> {
          String answer = StubHost.machine("poweredOff");
          if (request.contains("<type>Task</type>")) {
            answer = host.count("AnswerVM") > 0 ? done : task;
          } else if (request.contains("runtime.question")) {
            answer = asked;
          }
          StubHost.send(e, 200, StubHost.response("RetrievePropertiesEx", answer));
        });
  }

  @Test
  void reportsAQuestionAndCancelsTheTask() throws Exception {
    DriverConnection connection = driver.open(host.uri());
    question();
    VirtException e = assertThrows(VirtException.class, () -> connection.start(ID));
    assertTrue(e.getMessage().contains("asks 'moved or copied?'"), e.getMessage());
    assertEquals(1, host.count("CancelTask"));
    assertEquals(0, host.count("AnswerVM"));
  }

  @Test
  void answersAQuestionWithItsDefaultWhenToldTo() throws Exception {
    DriverConnection connection = driver.open(URI.create(host.uri() + "&auto_answer=1"));
    question();
    connection.start(ID);
    String sent =
        host.requests.stream().filter(r -> r.contains("<AnswerVM ")).findFirst().orElseThrow();
    assertTrue(sent.contains("<answerChoice>2</answerChoice>"), sent);
    assertEquals(0, host.count("CancelTask"));
  }

  @Test
  void cancelsATaskWhenItsThreadIsInterrupted() throws Exception {
    DriverConnection connection = driver.open(host.uri());
    question();
    host.once("AnswerVM", (e, r) -> StubHost.send(e, 500, ""));
    Thread.currentThread().interrupt();
    assertThrows(VirtException.class, () -> connection.start(ID));
    assertTrue(Thread.interrupted());
    assertEquals(0, host.count("PowerOnVM_Task") - host.count("CancelTask"));
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
