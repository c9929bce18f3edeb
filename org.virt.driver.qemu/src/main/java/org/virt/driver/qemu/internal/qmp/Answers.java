package org.virt.driver.qemu.internal.qmp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The commands of one connection that QEMU has yet to answer. */
final class Answers {
  /** As many as may be there at a time. */
  static final int MAX_IN_FLIGHT = 16;

  private final Map<Long, CompletableFuture<JsonElement>> waiting = new ConcurrentHashMap<>();
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private final AtomicLong lastId = new AtomicLong();

  /**
   * A command that is given.
   *
   * @param id its number, which the answer repeats
   */
  record Place(long id, CompletableFuture<JsonElement> answer) {}

  /** Makes place for a command; empty when there is none in time. */
  Optional<Place> enter(Duration limit) throws InterruptedException {
    if (!inFlight.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    // From here on the place in the socket belongs to the entry, and goes with it.
    Place place = new Place(lastId.incrementAndGet(), new CompletableFuture<>());
    waiting.put(place.id(), place.answer());
    return Optional.of(place);
  }

  /** Gives up the place of a command; null when it had none any more. */
  CompletableFuture<JsonElement> leave(long id) {
    CompletableFuture<JsonElement> answer = waiting.remove(id);
    if (answer != null) {
      inFlight.release();
    }
    return answer;
  }

  /** Takes an answer of QEMU's. */
  void take(JsonObject message) throws IOException {
    JsonElement id = message.get("id");
    boolean numbered = id != null && id.isJsonPrimitive() && id.getAsJsonPrimitive().isNumber();
    CompletableFuture<JsonElement> answer = numbered ? leave(id.getAsLong()) : null;
    if (answer == null) {
      throw new IOException("an answer that nobody asked for");
    }
    if (message.has("return")) {
      answer.complete(message.get("return"));
      return;
    }
    JsonElement error = message.get("error");
    boolean explained =
        error != null && error.isJsonObject() && error.getAsJsonObject().has("desc");
    answer.completeExceptionally(
        new IOException(
            explained ? error.getAsJsonObject().get("desc").getAsString() : "failed, unexplained"));
  }

  /** Says to all who wait that there will be no answer. */
  void end(IOException cause) {
    for (Long id : waiting.keySet()) {
      CompletableFuture<JsonElement> answer = leave(id);
      if (answer != null) {
        answer.completeExceptionally(cause);
      }
    }
  }
}
