package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonArray;
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
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Moves the memory of a run between QEMU and a file, through a socket of ours: QEMU opens no file,
 * and starts no program.
 */
final class MemoryStream {
  private static final int BUFFER = 1 << 20;
  private static final long UNLIMITED = Long.MAX_VALUE >> 8;

  /** How long QEMU may take once it has got all of the memory. */
  private static final Duration LOAD_LIMIT = Duration.ofMinutes(1);

  /** How long a copy may take to notice that QEMU sends no more. */
  private static final Duration COPY_LIMIT = Duration.ofSeconds(1);

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
      RunPaths.share(socket);
      CompletableFuture<Void> copy =
          CompletableFuture.runAsync(
              () -> receive(server, file, from),
              work -> Threads.named("virt-qemu-save").newThread(work).start());
      run.execute("migrate-set-parameters", Json.object("max-bandwidth", UNLIMITED));
      Background migration = migration();
      run.execute("migrate", Json.object("uri", "unix:" + socket));
      job.onCancel(() -> run.execute("migrate_cancel"));
      end(migration, copy);
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

  /** Waits until QEMU has sent all. */
  private static void end(Background migration, CompletableFuture<Void> copy) throws VirtException {
    JsonElement state = migration.end();
    switch (Json.text(state, "status")) {
      case "completed" -> {
        // What it has sent may still be on its way to the file.
      }
      case "cancelled" ->
          throw new VirtException(ErrorCode.OPERATION_ABORTED, "canceled by client");
      default -> {
        // A copy that failed is why QEMU could not go on.
        if (Waiting.await(copy, COPY_LIMIT)) {
          copy.join();
        }
        throw failed("QEMU failed", state);
      }
    }
  }

  private static VirtException failed(String what, JsonElement state) {
    return new VirtException(
        ErrorCode.OPERATION_FAILED, what + ": " + Json.text(state, "error-desc"));
  }

  /** Gives a run that waits for its memory what a file has, from a position on. */
  void restore(FileChannel file, long from) throws VirtException {
    Path socket = run.paths.sockets().resolve("restore.sock");
    Background migration = migration();
    try {
      run.execute("migrate-incoming", Json.object("uri", "unix:" + socket));
      send(socket, file, from);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "send the memory: " + e.getMessage(), e);
    } finally {
      MachineFiles.deleteQuietly(socket);
    }
    JsonElement state = migration.end(LOAD_LIMIT);
    if (!Json.text(state, "status").equals("completed")) {
      throw failed("QEMU did not take the memory", state);
    }
  }

  /** Has QEMU tell how its migration goes. */
  private Background migration() throws VirtException {
    JsonArray wanted = new JsonArray();
    wanted.add(Json.object("capability", "events", "state", true));
    run.execute("migrate-set-capabilities", Json.object("capabilities", wanted));
    return new Background(run, "query-migrate", "MIGRATION");
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
