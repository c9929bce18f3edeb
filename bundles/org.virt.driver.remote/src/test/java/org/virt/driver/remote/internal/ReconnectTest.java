package org.virt.driver.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.ErrorCode;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrStruct;

class ReconnectTest extends PeerTest {
  private static final String REGISTER = "connect_domain_event_callback_register_any";
  private static final String DEREGISTER = "connect_domain_event_callback_deregister_any";
  private static final int KINDS = 27;

  @Test
  void connectsAgainWithTheNextCall() throws Exception {
    RemoteConnection connection = open();
    peer.stop();
    until("the cut is noticed", () -> answer(connection).startsWith("NO_CONNECT"));
    peer.listen();
    until("it is connected again", () -> answer(connection).isEmpty());
    assertEquals(2, peer.connections());
    assertEquals(2, asked("connect_open"));
  }

  @Test
  void saysWhyItCannotConnectAgain() throws Exception {
    RemoteConnection connection = open();
    peer.stop();
    until("the cut is noticed", () -> answer(connection).startsWith("NO_CONNECT"));
    String message = answer(connection);
    assertTrue(message.contains("cannot be made again"), message);
    assertTrue(message.contains(peer.uri().getQuery().replace("socket=", "")), message);
  }

  @Test
  void listensAgainByItself() throws Exception {
    RemoteConnection connection = open();
    List<DomainEvent> events = new CopyOnWriteArrayList<>();
    Subscription subscription = connection.subscribe(events::add);
    assertEquals(KINDS, asked(REGISTER));
    peer.stop();
    peer.listen();
    until("it has asked for events again", () -> asked(REGISTER) == 2 * KINDS);
    peer.client().event("domain_event_callback_lifecycle", started());
    until("an event", () -> !events.isEmpty());
    assertEquals(Kind.STARTED_BOOTED, events.get(0).kind());
    assertEquals("a", events.get(0).name());
    assertEquals(ID, events.get(0).domain());

    subscription.close();
    assertEquals(KINDS, asked(DEREGISTER));
    peer.client().event("domain_event_callback_lifecycle", started());
    connection.capabilities();
    assertEquals(1, events.size());
  }

  @Test
  void sharesOneRegistrationAmongListeners() throws Exception {
    RemoteConnection connection = open();
    List<DomainEvent> first = new CopyOnWriteArrayList<>();
    List<DomainEvent> second = new CopyOnWriteArrayList<>();
    Subscription one =
        connection.subscribe(
            event -> {
              first.add(event);
              throw new IllegalStateException("a listener that fails on purpose");
            });
    connection.subscribe(second::add);
    assertEquals(KINDS, asked(REGISTER));
    peer.client().event("domain_event_callback_lifecycle", started());
    until("both have heard", () -> first.size() == 1 && second.size() == 1);
    one.close();
    assertEquals(0, asked(DEREGISTER));
  }

  @Test
  void goesWithoutKindsOfEventsThatTheOtherEndDoesNotKnow() throws Exception {
    RemoteConnection connection = open();
    int[] asked = {0};
    peer.on(
        REGISTER,
        (client, call, packet) -> {
          if (asked[0]++ < 20) {
            client.reply(call, asked[0]);
          } else {
            client.error(call, ErrorCode.INVALID_ARG.number(), "eventID must be less");
          }
        });
    Subscription subscription = connection.subscribe(event -> {});
    subscription.close();
    assertEquals(20, asked(DEREGISTER));

    peer.on(REGISTER, (client, call, packet) -> client.error(call, 3, "no events at all"));
    fails(ErrorCode.NO_SUPPORT, () -> connection.subscribe(event -> {}));
  }

  @Test
  void staysClosed() throws Exception {
    RemoteConnection connection = open();
    connection.subscribe(event -> {});
    connection.close();
    connection.close();
    assertEquals(1, asked("connect_close"));
    fails(ErrorCode.INVALID_CONN, connection::capabilities);
    assertEquals(1, peer.connections());
  }

  /** Returns what is answered, or the error. */
  private static String answer(RemoteConnection connection) {
    try {
      return connection.capabilities();
    } catch (VirtException e) {
      return e.code() + ": " + e.getMessage();
    }
  }

  private long asked(String procedure) {
    return peer.asked.stream().filter(procedure::equals).count();
  }

  private static XdrStruct started() {
    Protocol protocol = Protocol.libvirt();
    XdrStruct domain = protocol.struct("remote_nonnull_domain").of("a", ID.uuid(), 1);
    return protocol
        .struct("remote_domain_event_callback_lifecycle_msg")
        .of(0, protocol.struct("remote_domain_event_lifecycle_msg").of(domain, 2, 0));
  }
}
