package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs.JobOperation;
import org.virt.api.domain.TypedParameters;

/** Something that runs on a machine and takes its time; it can be told to stop. */
final class Job {
  final JobOperation operation;
  private final long began = System.nanoTime();
  private boolean cancelled;
  private Canceller canceller;

  Job(JobOperation operation) {
    this.operation = operation;
  }

  /** Tells what works to stop. */
  @FunctionalInterface
  interface Canceller {
    void cancel() throws VirtException;
  }

  /** Says how it is stopped from now on; it is at once when it was told to stop already. */
  void onCancel(Canceller how) throws VirtException {
    boolean now;
    synchronized (this) {
      canceller = how;
      now = cancelled;
    }
    if (now) {
      how.cancel();
    }
  }

  /** Has it stop, now or as soon as it can be. */
  void cancel() throws VirtException {
    Canceller how;
    synchronized (this) {
      cancelled = true;
      how = canceller;
    }
    if (how != null) {
      how.cancel();
    }
  }

  /** Returns how far it is, from the answer to {@code query-migrate}. */
  TypedParameters parameters(JsonElement migration) {
    TypedParameters.Builder out = TypedParameters.builder();
    out.integer("operation", operation.ordinal());
    out.ullong("time_elapsed", (System.nanoTime() - began) / 1_000_000);
    JsonObject ram = Json.child(migration, "ram");
    long total = Json.number(ram, "total");
    if (total >= 0) {
      long remaining = Json.number(ram, "remaining");
      long done = Json.number(ram, "transferred");
      out.ullong("data_total", total).ullong("data_processed", done);
      out.ullong("data_remaining", remaining);
      out.ullong("memory_total", total).ullong("memory_processed", done);
      out.ullong("memory_remaining", remaining);
      out.ullong("memory_constant", Math.max(0, Json.number(ram, "duplicate")));
      out.ullong("memory_normal", Math.max(0, Json.number(ram, "normal")));
      out.ullong("memory_normal_bytes", Math.max(0, Json.number(ram, "normal-bytes")));
    }
    return out.build();
  }
}
