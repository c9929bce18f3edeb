package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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

  private void settle() throws Exception {
    CompletableFuture<Void> ran = new CompletableFuture<>();
    loop.execute(() -> ran.complete(null));
    ran.get(1, TimeUnit.MINUTES);
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
    done.removeIf("closing"::equals);
    assertEquals(List.of("first", "second", "third"), done);
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
    done.removeIf("closing"::equals);
    assertEquals(List.of("outer", "inner"), done);
  }

  @Test
  void leavesWhatCanWaitToItsThreadBeforeAnyOtherTask() throws Exception {
    loop.start();
    Thread[] ran = new Thread[1];
    loop.executeHere(
        () -> {
          loop.execute(() -> done.add("task"));
          loop.afterwards(
              () -> {
                ran[0] = Thread.currentThread();
                done.add("left");
              });
          done.add("urgent");
        });
    settle();
    done.removeIf("closing"::equals);
    assertEquals(List.of("urgent", "left", "task"), done);
    assertNotEquals(Thread.currentThread(), ran[0]);
  }

  @Test
  void leavesNothingOnItsOwnThread() throws Exception {
    loop.start();
    loop.execute(
        () -> {
          loop.afterwards(() -> done.add("left"));
          done.add("behind");
        });
    settle();
    done.removeIf("closing"::equals);
    assertEquals(List.of("left", "behind"), done);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
