package org.virt.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DomainListenersTest {
  private static final DomainId ID = new DomainId(UUID.randomUUID());

  private final DomainListeners listeners = new DomainListeners("some");
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    listeners.close();
  }

  private void send(int number) {
    listeners.send(new DomainEvent(ID, "vm" + number, DomainEvent.Kind.DEFINED_ADDED, ""));
  }

  private void await() throws InterruptedException {
    CountDownLatch last = new CountDownLatch(1);
    Subscription end = listeners.subscribe(event -> last.countDown());
    send(-1);
    last.await();
    end.close();
  }

  private static List<String> names(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(number -> "vm" + number).toList();
  }

  @Test
  void tellsInOrder() throws InterruptedException {
    Subscription subscription = listeners.subscribe(event -> heard.add(event.name()));
    IntStream.rangeClosed(1, 1000).forEach(this::send);
    await();
    subscription.close();
    assertEquals(names(1, 1000), heard.subList(0, 1000));
  }

  @Test
  void noSenderWaitsForAListener() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    listeners.subscribe(
        event -> {
          try {
            go.await();
            heard.add(event.name());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    send(1);
    send(2);
    assertEquals(List.of(), heard);
    go.countDown();
    await();
    assertEquals(names(1, 2), heard.subList(0, 2));
  }

  @Test
  void aListenerThatFailsStaysAndHindersNobody() throws InterruptedException {
    listeners.subscribe(
        event -> {
          heard.add(event.name());
          throw new IllegalStateException("of the test");
        });
    listeners.subscribe(event -> heard.add(event.name()));
    send(1);
    send(1);
    await();
    assertEquals(List.of("vm1", "vm1", "vm1", "vm1"), heard.subList(0, 4));
  }

  @Test
  void whoUnsubscribedHearsNothingThatIsStillOnItsWay() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    listeners.subscribe(
        event -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Subscription leaving = listeners.subscribe(event -> heard.add(event.name()));
    send(1);
    leaving.close();
    go.countDown();
    await();
    assertEquals(List.of(), heard);
  }

  @Test
  void aListenerMaySubscribeTwice() throws InterruptedException {
    DomainListener listener = event -> heard.add(event.name());
    Subscription one = listeners.subscribe(listener);
    listeners.subscribe(listener);
    one.close();
    send(1);
    await();
    assertEquals(List.of("vm1"), heard.subList(0, 1));
    assertEquals(2, heard.size(), "once for each subscription that is left, and the last event");
  }

  @Test
  void takesNoMoreOnceClosed() throws InterruptedException {
    listeners.subscribe(event -> heard.add(event.name()));
    send(1);
    await();
    listeners.close();
    send(2);
    assertTrue(heard.stream().noneMatch("vm2"::equals));
  }
}
