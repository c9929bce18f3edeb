package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Lets callers on threads of their own wait for what the {@link Engine} makes of a request. */
final class Calls {
  private static final Duration LONGEST_CALL = Duration.ofSeconds(10);

  private final Engine engine;

  Calls(Engine engine) {
    this.engine = engine;
  }

  /** A request of the loop; completes its result now or later. */
  @FunctionalInterface
  interface Request<T> {
    void run(CompletableFuture<T> done) throws VirtException;
  }

  /**
   * Has the loop do something and waits until it is done.
   *
   * @param action what messages call it
   * @throws VirtException {@code OPERATION_TIMEOUT} when it is not done within ten seconds, {@code
   *     OPERATION_ABORTED} when this thread is interrupted, otherwise what it failed with
   */
  <T> T onLoop(String action, Request<T> request) throws VirtException {
    CompletableFuture<T> done = new CompletableFuture<>();
    engine.loop.execute(
        () -> {
          try {
            request.run(done);
          } catch (VirtException | RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof VirtException known) {
        throw known;
      }
      throw new VirtException(ErrorCode.INTERNAL_ERROR, action + ": " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new VirtException(
          ErrorCode.OPERATION_TIMEOUT,
          action + ": not done within " + LONGEST_CALL.toSeconds() + " s",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VirtException(ErrorCode.OPERATION_ABORTED, action + ": interrupted", e);
    }
  }

  /** Waits until what is on disk has been read. */
  void awaitLoaded() {
    try {
      engine.loaded.get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the filter manager cannot read its state", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
