package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Moves the memory of a run between QEMU and a file, through a socket of ours: QEMU opens no file,
 * and starts no program.
 */
final class MemoryStream {
  private static final int BUFFER = 1 << 20;
  private static final long POLL_NANOS = 5_000_000;
  private static final long UNLIMITED = Long.MAX_VALUE >> 8;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private final Run run;

  MemoryStream(Run run) {
    this.run = run;
  }

  /** Writes the memory of a paused run to a file, from a position on. */
  void save(FileChannel file, long from, Job job) throws VirtException {
    Path socket = run.paths.sockets().resolve("save.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      MachineFiles.deleteQuietly(socket);
      server.bind(UnixDomainSocketAddress.of(socket));
      CompletableFuture<Void> copy =
          CompletableFuture.runAsync(
              () -> receive(server, file, from),
              work -> Threads.named("virt-qemu-save").newThread(work).start());
      run.execute("migrate-set-parameters", Json.object("max-bandwidth", UNLIMITED));
      run.execute("migrate", Json.object("uri", "unix:" + socket));
      awaitEnd(copy, job);
      copy.join();
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "listen on " + socket + ": " + e, e);
    } catch (CompletionException e) {
      throw new VirtException(
          ErrorCode.WRITE_FAILED, "write the memory: " + e.getCause().getMessage(), e);
    } finally {
      MachineFiles.deleteQuietly(socket);
    }
  }

  private static void receive(ServerSocketChannel server, FileChannel file, long from) {
    try (SocketChannel in = server.accept()) {
      file.position(from);
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      while (in.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          file.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** Waits until QEMU has sent all; a copy that failed is an end, too. */
  private void awaitEnd(CompletableFuture<Void> copy, Job job) throws VirtException {
    boolean asked = false;
    while (true) {
      JsonElement state = run.execute("query-migrate");
      switch (Json.text(state, "status")) {
        case "completed" -> {
          return;
        }
        case "failed" -> {
          if (copy.isCompletedExceptionally()) {
            copy.join();
          }
          String reason = Json.text(state, "error-desc");
          throw new VirtException(ErrorCode.OPERATION_FAILED, "QEMU failed: " + reason);
        }
        case "cancelled" ->
            throw new VirtException(ErrorCode.OPERATION_ABORTED, "canceled by client");
        default -> {
          if (!asked && (job.isCancelled() || copy.isCompletedExceptionally())) {
            asked = true;
            run.execute("migrate_cancel");
          }
          LockSupport.parkNanos(POLL_NANOS);
        }
      }
    }
  }

  /** Gives a run that waits for its memory what a file has, from a position on. */
  void restore(FileChannel file, long from) throws VirtException {
    Path socket = run.paths.sockets().resolve("restore.sock");
    try {
      run.execute("migrate-incoming", Json.object("uri", "unix:" + socket));
      send(socket, file, from);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "send the memory: " + e.getMessage(), e);
    } finally {
      MachineFiles.deleteQuietly(socket);
    }
    long deadline = System.nanoTime() + CONNECT_LIMIT.toNanos();
    while (true) {
      JsonElement state = run.execute("query-migrate");
      String status = Json.text(state, "status");
      if (status.equals("completed")) {
        return;
      }
      if (status.equals("failed") || System.nanoTime() > deadline) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "QEMU did not take the memory: " + Json.text(state, "error-desc"));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static void send(Path socket, FileChannel file, long from) throws IOException {
    try (SocketChannel out = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      long at = from;
      long size = file.size();
      while (at < size) {
        at += file.transferTo(at, Math.min(BUFFER, size - at), out);
      }
    }
  }
}
