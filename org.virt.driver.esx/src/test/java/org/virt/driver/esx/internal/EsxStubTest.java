package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.AgentVerbs;
import org.virt.api.domain.JobVerbs;
import org.virt.api.domain.JobVerbs.JobOperation;
import org.virt.api.domain.JobVerbs.JobStats;
import org.virt.api.domain.JobVerbs.JobType;
import org.virt.api.domain.JobVerbs.Which;
import org.virt.api.domain.ScreenVerbs;
import org.virt.api.domain.SnapshotVerbs;
import org.virt.api.domain.SnapshotVerbs.DeleteFlag;
import org.virt.api.domain.SnapshotVerbs.SnapshotFlag;
import org.virt.spi.driver.DriverConnection;

/** What the simulator does not do: machines. */
class EsxStubTest extends StubCase {
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

  @Test
  void takesAScreenshot() throws Exception {
    EsxConnection connection = (EsxConnection) driver.open(host.uri());
    host.answer("RetrievePropertiesEx", StubHost.machine("poweredOn"));
    host.answer("/screen", (exchange, request) -> StubHost.send(exchange, 200, "PNG"));
    ScreenVerbs.Picture picture =
        connection.facet(ScreenVerbs.class, ID).orElseThrow().screenshot(0);
    assertEquals("PNG", new String(picture.content(), StandardCharsets.UTF_8));
  }

  @Test
  void takesSnapshotsWithMemoryAndQuiesced() throws Exception {
    EsxConnection connection = connect();
    host.answerProperties(Map.of(), StubHost.machine("poweredOn"));
    host.completes("CreateSnapshot_Task");
    SnapshotVerbs verbs = connection.facet(SnapshotVerbs.class, ID).orElseThrow();
    String xml = "<domainsnapshot><name>a/b %</name></domainsnapshot>";
    verbs.createSnapshot(xml, Set.of());
    String sent = host.last("CreateSnapshot_Task");
    assertTrue(sent.contains("<name>a%2fb %25</name>"), sent);
    assertTrue(sent.contains("<memory>true</memory><quiesce>false</quiesce>"), sent);
    verbs.createSnapshot(xml, Set.of(SnapshotFlag.DISK_ONLY, SnapshotFlag.QUIESCE));
    sent = host.last("CreateSnapshot_Task");
    assertTrue(sent.contains("<memory>false</memory><quiesce>true</quiesce>"), sent);
  }

  @Test
  void deletesASnapshotWithItsChildrenOrThemAlone() throws Exception {
    EsxConnection connection = connect();
    String child =
        "<childSnapshotList><snapshot type=\"VirtualMachineSnapshot\">s-2</snapshot>"
            + "<name>child</name><createTime>2020-01-01T00:00:00Z</createTime>"
            + "<state>poweredOff</state></childSnapshotList>";
    String tree =
        "<rootSnapshotList><snapshot type=\"VirtualMachineSnapshot\">s-1</snapshot>"
            + "<name>root</name><state>poweredOn</state>"
            + child
            + "</rootSnapshotList>";
    host.answerProperties(
        Map.of(),
        StubHost.machine(
            "poweredOn", StubHost.property("snapshot", "VirtualMachineSnapshotInfo", tree)));
    host.completes("RemoveSnapshot_Task");
    SnapshotVerbs verbs = connection.facet(SnapshotVerbs.class, ID).orElseThrow();
    verbs.deleteSnapshot("root", Set.of(DeleteFlag.CHILDREN));
    String sent = host.last("RemoveSnapshot_Task");
    assertTrue(sent.contains(">s-1</_this><removeChildren>true<"), sent);
    verbs.deleteSnapshot("root", Set.of(DeleteFlag.CHILDREN_ONLY));
    sent = host.last("RemoveSnapshot_Task");
    assertTrue(sent.contains(">s-2</_this><removeChildren>true<"), sent);
    assertEquals(2, host.count("RemoveSnapshot_Task"));
  }

  @Test
  void tellsWhatTheToolsOfTheGuestSay() throws Exception {
    EsxConnection connection = connect();
    String card =
        "<GuestNicInfo><network>VM Network</network><macAddress>00:0c:29:00:00:01</macAddress>"
            + "<ipConfig><ipAddress><ipAddress>fe80::1</ipAddress><prefixLength>64</prefixLength>"
            + "</ipAddress></ipConfig></GuestNicInfo>";
    host.answerProperties(
        Map.of(),
        StubHost.machine(
            "poweredOn",
            StubHost.property("guest.hostName", "xsd:string", "guest.example")
                + StubHost.property("guest.net", "ArrayOfGuestNicInfo", card)));
    AgentVerbs verbs = connection.facet(AgentVerbs.class, ID).orElseThrow();
    assertEquals("guest.example", verbs.hostname());
    assertEquals(List.of("fe80::1/64"), verbs.interfaceAddresses().get(0).addresses());
    host.answerProperties(Map.of(), StubHost.machine("poweredOn"));
    fails(ErrorCode.AGENT_UNRESPONSIVE, verbs::hostname);
  }

  private void question() {
    String running = StubHost.task("<state>running</state><progress>40</progress>");
    String asked =
        StubHost.object(
            "VirtualMachine",
            "1",
            StubHost.property(
                "runtime.question",
                "VirtualMachineQuestionInfo",
                "<id>7</id><text>moved or copied?</text><choice><choiceInfo><label>Moved"
                    + "</label><key>1</key></choiceInfo><choiceInfo><label>Copied</label>"
                    + "<key>2</key></choiceInfo><defaultIndex>1</defaultIndex></choice>"));
    host.completes("PowerOnVM_Task");
    host.answer("CancelTask", "");
    host.answer("AnswerVM", "");
    host.answer(
        "WaitForUpdatesEx",
        (e, request) -> {
          String told =
              host.count("AnswerVM") > 0
                  ? StubHost.changed(StubHost.task("<state>success</state>"))
                  : StubHost.changed(running, asked);
          StubHost.send(e, 200, StubHost.response("WaitForUpdatesEx", told));
        });
    host.answerProperties(
        Map.of("<type>Task</type>", StubHost.found(running)), StubHost.machine("poweredOff"));
  }

  @Test
  void reportsAQuestionAndCancelsTheTask() throws Exception {
    DriverConnection connection = connect();
    question();
    String message = fails(ErrorCode.OPERATION_FAILED, () -> connection.start(ID));
    assertTrue(message.contains("asks 'moved or copied?'"), message);
    assertEquals(1, host.count("CancelTask"));
    assertEquals(0, host.count("AnswerVM"));
    assertEquals(1, host.count("DestroyPropertyCollector"));
  }

  @Test
  void answersAQuestionWithItsDefaultWhenToldTo() throws Exception {
    DriverConnection connection = driver.open(URI.create(host.uri() + "&auto_answer=1"));
    question();
    connection.start(ID);
    assertTrue(host.last("AnswerVM").contains("<answerChoice>2</answerChoice>"));
    assertEquals(0, host.count("CancelTask"));
    assertEquals(1, host.count("DestroyPropertyCollector"));
  }

  @Test
  void cancelsATaskWhenItsThreadIsInterrupted() throws Exception {
    DriverConnection connection = connect();
    question();
    CountDownLatch waiting = new CountDownLatch(1);
    host.answer(
        "WaitForUpdatesEx",
        (exchange, request) -> {
          waiting.countDown();
          host.silence(exchange);
        });
    CompletableFuture<VirtException> outcome = new CompletableFuture<>();
    Thread starter =
        new Thread(
            () -> outcome.complete(assertThrows(VirtException.class, () -> connection.start(ID))));
    starter.start();
    waiting.await();
    starter.interrupt();
    assertEquals(ErrorCode.OPERATION_ABORTED, outcome.get().code(), outcome.get().getMessage());
    assertEquals(1, host.count("CancelTask"));
    assertEquals(1, host.count("DestroyPropertyCollector"));
  }

  @Test
  void tellsAndCancelsTheTaskOfAMachine() throws Exception {
    EsxConnection connection = connect();
    JobVerbs verbs = connection.facet(JobVerbs.class, ID).orElseThrow();
    host.answer("CancelTask", "");
    host.answerProperties(
        Map.of(
            "<type>Task</type>",
            StubHost.found(
                StubHost.task("<state>success</state>"),
                StubHost.task(
                    "<descriptionId>VirtualMachine.createSnapshot</descriptionId>"
                        + "<state>running</state><progress>25</progress>"
                        + "<startTime>2020-01-01T00:00:00Z</startTime>"))),
        StubHost.machine("poweredOn"));
    JobStats job = verbs.jobStats(Which.RUNNING);
    assertEquals(JobType.BOUNDED, job.type());
    assertEquals(
        JobOperation.SNAPSHOT.ordinal(), job.parameters().number("operation").orElseThrow());
    long elapsed = job.parameters().number("time_elapsed").orElseThrow();
    assertEquals(3 * elapsed, job.parameters().number("time_remaining").orElseThrow());
    verbs.abortJob();
    assertEquals(1, host.count("CancelTask"));
    host.answerProperties(Map.of(), StubHost.machine("poweredOn"));
    assertEquals(JobType.NONE, verbs.jobStats(Which.RUNNING).type());
    fails(ErrorCode.OPERATION_INVALID, verbs::abortJob);
  }
}
