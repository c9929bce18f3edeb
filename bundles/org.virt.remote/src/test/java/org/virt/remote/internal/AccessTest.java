package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.access.AccessRequest;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.Permission;
import org.virt.rpc.Procedure;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;
import org.virt.rpc.XdrType;

/** Every procedure of the protocol, asked for by those who may not have it. */
@Timeout(120)
class AccessTest {
  @TempDir Path folder;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture(folder, Limits.DEFAULT);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void refusesEveryWritingProcedureToReadOnlyClients() throws IOException {
    int refused = 0;
    try (TestClient client = fixture.open(fixture.readOnlySocket)) {
      for (Procedure procedure : writing()) {
        RpcError error = refusal(client, procedure);
        assertEquals(ErrorCode.OPERATION_DENIED.number(), error.code(), procedure.name());
        refused++;
      }
    }
    assertTrue(refused > 200, refused + " procedures");
    assertTrue(fixture.hypervisor.done.isEmpty(), fixture.hypervisor.done::toString);
  }

  @Test
  void refusesEveryWritingProcedureToClientsThatOpenedReadOnly() throws IOException {
    try (TestClient client = new TestClient(fixture.socket)) {
      client.call("connect_open", "fake:///x", 1);
      for (Procedure procedure : writing()) {
        RpcError error = refusal(client, procedure);
        assertEquals(ErrorCode.OPERATION_DENIED.number(), error.code(), procedure.name());
      }
    }
    assertTrue(fixture.hypervisor.done.isEmpty(), fixture.hypervisor.done::toString);
  }

  @Test
  void refusesEveryProcedureThatAPolicyRefuses() throws IOException {
    List<AccessRequest> asked = new CopyOnWriteArrayList<>();
    try (TestClient client = fixture.open(fixture.socket)) {
      fixture.policies.add(
          request -> {
            asked.add(request);
            return false;
          });
      for (Procedure procedure : callable()) {
        XdrStruct args = args(procedure.args());
        if (procedure.permissions().stream().anyMatch(p -> p.neededFor(args))) {
          RpcError error = refusal(client, procedure);
          assertEquals(ErrorCode.ACCESS_DENIED.number(), error.code(), procedure.name());
        }
      }
    }
    assertTrue(asked.size() > 300, asked.size() + " requests");
    AccessRequest create =
        asked.stream().filter(r -> r.procedure().equals("domain_create")).findFirst().orElseThrow();
    assertEquals("start", create.permission());
    assertEquals("one", create.attributes().get("domain_name"));
    assertEquals("fake", create.driver());
    assertTrue(fixture.hypervisor.done.isEmpty(), fixture.hypervisor.done::toString);
  }

  @Test
  void refusesWhenAPolicyFails() throws IOException {
    try (TestClient client = fixture.open(fixture.socket)) {
      fixture.policies.add(
          request -> {
            throw new IllegalStateException("broken");
          });
      RpcError error = client.fails("domain_define_xml", "<this is no XML");
      assertEquals(ErrorCode.ACCESS_DENIED.number(), error.code());
    }
  }

  @Test
  void leavesOutOfListsWhatAClientMayNotSee() throws IOException {
    try (TestClient client = fixture.open(fixture.socket)) {
      assertEquals(1, client.call("connect_list_all_domains", 1, 0).integer("ret"));
      fixture.policies.add(request -> !request.object().equals("domain"));
      assertEquals(0, client.call("connect_list_all_domains", 1, 0).integer("ret"));
      assertEquals(0, client.call("connect_num_of_domains").integer("num"));
      assertEquals(
          ErrorCode.ACCESS_DENIED.number(), client.fails("domain_lookup_by_name", "one").code());
    }
  }

  private static RpcError refusal(TestClient client, Procedure procedure) throws IOException {
    return client
        .ask(procedure, args(procedure.args()))
        .error()
        .orElseThrow(() -> new AssertionError(procedure.name() + " went well"));
  }

  private static List<Procedure> callable() {
    return Protocol.libvirt().procedures().stream().filter(p -> p.event().isEmpty()).toList();
  }

  private static List<Procedure> writing() {
    return callable().stream()
        .filter(
            p -> {
              XdrStruct args = args(p.args());
              return p.permissions().stream()
                  .anyMatch(need -> need.neededFor(args) && !isLooking(need));
            })
        .toList();
  }

  /** Said here anew, so that a fault of the server's own list shows. */
  private static boolean isLooking(Permission permission) {
    return List.of("none", "getattr", "read").contains(permission.name())
        || permission.name().startsWith("search_");
  }

  /** Makes arguments that name the machine, with all flags zero. */
  private static XdrStruct args(StructType type) {
    List<Object> values = new ArrayList<>();
    for (StructType.Field field : type.fields()) {
      values.add(value(field.type()));
    }
    return type.of(values.toArray());
  }

  private static Object value(XdrType type) {
    if (type instanceof StructType struct) {
      return struct.name().equals("remote_nonnull_domain")
          ? struct.of("one", FakeHypervisor.ID.uuid(), 7)
          : args(struct);
    }
    String name = type.toString();
    if (name.startsWith("XdrOptional")) {
      return null;
    } else if (name.startsWith("XdrText")) {
      return "x";
    } else if (name.startsWith("XdrList")) {
      return List.of();
    } else if (name.equals("XdrOpaque[max=16, fixed=true]")) {
      return new UUID(1, 2);
    } else if (name.startsWith("XdrOpaque") || name.startsWith("XdrCharArray")) {
      return new byte[0];
    }
    return type.minSize() == Long.BYTES ? (Object) 0L : (Object) 0;
  }
}
