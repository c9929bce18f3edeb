package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final Loop loop = new Loop("test-loop", () -> done.add("closing"));

  @AfterEach
  void close() {
    loop.close();
  }

  /** Waits for all that was handed over; the closing task of the last batch may follow. */
  private void settle() throws Exception {
    for (int i = 0; i < 2; i++) { // what belongs to the first one's batch is done before the second
      CompletableFuture<Void> ran = new CompletableFuture<>();
      loop.execute(() -> ran.complete(null));
      ran.get(1, TimeUnit.MINUTES);
    }
  }

  private List<String> tasks() {
    return done.stream().filter(line -> !line.equals("closing")).toList();
  }

  @Test
  void runsATaskHereWhenNothingElseIsToBeDone() {
    loop.start();
    Thread[] ran = new Thread[1];
    loop.executeHere(() -> ran[0] = Thread.currentThread());
    assertEquals(Thread.currentThread(), ran[0]);
    assertEquals(List.of("closing"), done);
  }

  @Test
  void runsATaskInItsTurnWhenOthersWait() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    loop.execute(
        () -> {
          begun.countDown();
          await(go);
          done.add("first");
        });
    loop.start();
    begun.await();
    loop.execute(() -> done.add("second"));
    loop.executeHere(() -> done.add("third"));
    go.countDown();
    settle();
    assertEquals(List.of("first", "second", "third"), tasks());
  }

  @Test
  void runsATaskOfATaskLater() throws Exception {
    loop.start();
    loop.executeHere(
        () -> {
          loop.executeHere(() -> done.add("inner"));
          done.add("outer");
        });
    settle();
    assertEquals(List.of("outer", "inner"), tasks());
  }

  @Test
  void doesWhatCanWaitBehindTheClosingTaskBeforeAnyOtherTask() throws Exception {
    loop.start();
    loop.executeHere(
        () -> {
          loop.execute(() -> done.add("task"));
          loop.afterwards(() -> done.add("left"));
          done.add("urgent");
        });
    settle();
    assertEquals(List.of("urgent", "closing", "left", "task"), done.subList(0, 4));
  }

  @Test
  void doesWhatCanWaitOnItsOwnThread() throws Exception {
    loop.start();
    loop.execute(
        () -> {
          loop.afterwards(() -> done.add("left"));
          done.add("task");
        });
    settle();
    assertEquals(List.of("task", "left"), tasks());
  }

  @Test
  void runsWhatIsHandedOverTogetherAsOneBatch() {
    loop.start();
    loop.together(
        () -> {
          loop.executeHere(() -> done.add("first"));
          loop.executeInOrder(() -> done.add("second"));
          loop.executeHere(() -> done.add("third"));
          done.add("handed over");
        });
    assertEquals(List.of("handed over", "first", "second", "third", "closing"), done);
    loop.executeHere(() -> done.add("alone"));
    assertEquals(List.of("alone", "closing"), done.subList(5, 7));
  }

  @Test
  void runsWhatWasHandedOverBeforeAFailure() {
    loop.start();
    assertThrows(
        IllegalStateException.class,
        () ->
            loop.together(
                () -> {
                  loop.executeHere(() -> done.add("first"));
                  throw new IllegalStateException("on purpose");
                }));
    assertEquals(List.of("first", "closing"), done);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
