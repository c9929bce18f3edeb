package org.virt.driver.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.ObjectEvent;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.host.SecretEvent;
import org.virt.api.network.NetworkUpdate;
import org.virt.driver.remote.internal.calls.FacetTable;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.Procedure;
import org.virt.rpc.Protocol;
import org.virt.spi.driver.DriverConnection;

/** Every call of every facet reaches the other end, in the form that its procedure has. */
class FacetSweepTest extends PeerTest {
  private static final String BINDING =
      """
      <filterbinding>
        <owner><name>a</name><uuid>12345678-1234-1234-1234-123456789abc</uuid></owner>
        <portdev name='vnet0'/>
        <mac address='52:54:00:00:00:01'/>
        <filterref filter='f'><parameter name='IP' value='192.0.2.1'/></filterref>
      </filterbinding>
      """;

  private static final Map<Class<?>, Object> SAMPLES =
      Map.ofEntries(
          Map.entry(String.class, "<x/>"),
          Map.entry(int.class, 1),
          Map.entry(long.class, 1L),
          Map.entry(List.class, List.of()),
          Map.entry(Set.class, Set.of()),
          Map.entry(Optional.class, Optional.empty()),
          Map.entry(OptionalInt.class, OptionalInt.empty()),
          Map.entry(Duration.class, Duration.ofSeconds(1)),
          Map.entry(CpuSet.class, CpuSet.first(2)),
          Map.entry(TypedParameters.class, TypedParameters.builder().uint("a", 1).build()),
          Map.entry(CpuModels.MachineKind.class, CpuModels.MachineKind.ANY),
          Map.entry(MetadataVerbs.Note.class, MetadataVerbs.Note.TITLE),
          Map.entry(BlockJobVerbs.Commit.class, new BlockJobVerbs.Commit("", "", 7)),
          Map.entry(InputStream.class, new ByteArrayInputStream(new byte[1])),
          Map.entry(OutputStream.class, OutputStream.nullOutputStream()),
          Map.entry(
              NetworkUpdate.class,
              new NetworkUpdate(
                  NetworkUpdate.Command.DELETE,
                  NetworkUpdate.Section.DNS_TXT,
                  OptionalInt.empty(),
                  "<txt name='a'/>")),
          Map.entry(DomainId.class, ID),
          Map.entry(PortId.class, new PortId("vnet0")),
          Map.entry(UUID.class, ID.uuid()),
          Map.entry(byte[].class, new byte[1]),
          Map.entry(URI.class, URI.create("qemu+tls://other/system")),
          Map.entry(DomainListener.class, (DomainListener) event -> {}));

  @TestFactory
  Stream<DynamicTest> asksForEachVerbOfEachFacet() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Class<?> facet : FacetTable.kinds()) {
      for (Method method : facet.getMethods()) {
        if (!Modifier.isStatic(method.getModifiers())) {
          tests.add(
              dynamicTest(
                  facet.getSimpleName() + "." + method.getName(), () -> sweep(facet, method)));
        }
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> asksForEverythingThatEveryDriverCanDo() {
    return Arrays.stream(DriverConnection.class.getMethods())
        .map(
            method ->
                dynamicTest(
                    method.getName(),
                    () -> {
                      try (RemoteConnection connection = open()) {
                        asks(connection, method);
                      }
                    }));
  }

  @Test
  void takesEveryEventThatThereIs() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (RemoteConnection connection = open()) {
      connection.subscribe(
          new DomainListener() {
            @Override
            public void event(DomainEvent event) {
              heard.add("LIFECYCLE");
            }

            @Override
            public void event(ObjectEvent event) {
              heard.add(event.type().name());
              heard.add(event.kind().name());
            }

            @Override
            public void event(SecretEvent event) {
              heard.add("SECRET_" + event.kind());
            }

            @Override
            public void notice(DomainNotice notice) {
              assertFalse(notice.toString().isEmpty());
              heard.add(notice.type().name());
            }
          });
      for (Procedure procedure : Protocol.libvirt().procedures()) {
        if (procedure.event().isPresent()) {
          peer.client().event(procedure);
        }
      }
      // Of the agent's states, which count from 1, zero is none.
      until(
          "all kinds but one",
          () ->
              Arrays.stream(DomainNotice.Type.values())
                  .filter(type -> type != DomainNotice.Type.AGENT_LIFECYCLE)
                  .allMatch(type -> heard.contains(type.name())));
      until(
          "other objects",
          () -> heard.containsAll(List.of("NETWORK", "STORAGE_POOL", "DEFINED", "REFRESHED")));
      until("secrets", () -> heard.containsAll(List.of("SECRET_DEFINED", "SECRET_VALUE_CHANGED")));
      assertEquals(1, peer.connections());
    }
  }

  private void sweep(Class<?> type, Method method) throws Exception {
    // What is read as a stream ends at once.
    for (String opener : List.of("domain_screenshot", "storage_vol_download")) {
      peer.on(
          opener,
          (client, call, packet) -> {
            client.zeros(call);
            client.stream(call, MessageStatus.CONTINUE, new byte[0]);
          });
    }
    peer.answer("nwfilter_binding_get_xml_desc", BINDING);
    try (RemoteConnection connection = open()) {
      Object facet =
          connection
              .facet(type)
              .map(Object.class::cast)
              .orElseGet(() -> connection.facet(type, ID).orElseThrow());
      asks(facet, method);
    }
  }

  private void asks(Object facet, Method method) throws Exception {
    int before = peer.asked.size();
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(FacetSweepTest::sample).toArray();
    method.setAccessible(true);
    try {
      method.invoke(facet, arguments);
    } catch (InvocationTargetException e) {
      // Zeros are no existing object where a call looks one up in a list.
      if (!(e.getCause() instanceof VirtException known)
          || !known.getMessage().contains("not found")) {
        throw e;
      }
    }
    assertFalse(peer.asked.size() == before, "nothing was asked");
  }

  private static Object sample(Class<?> type) {
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return Optional.ofNullable(SAMPLES.get(type))
        .orElseThrow(() -> new AssertionError("no sample of " + type));
  }
}
