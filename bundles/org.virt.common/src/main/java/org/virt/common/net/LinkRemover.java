package org.virt.common.net;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;

/**
 * Deletes links. The kernel takes a link out of all its lists within a millisecond, and answers
 * only after several grace periods, when nobody can hold its memory any more (15 ms and more,
 * netdev_run_todo in net/core/dev.c). Nobody but a thread of ours waits for that answer. A request
 * that was sent is carried out also when this process dies meanwhile.
 */
final class LinkRemover implements AutoCloseable {
  private static final int THREADS = 16;
  private static final int IDLE_SECONDS = 10;

  private final NetlinkLinks links;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          LinkRemover::thread);

  LinkRemover(NetlinkLinks links) {
    this.links = links;
    threads.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "virt-common-delete");
    thread.setDaemon(true);
    return thread;
  }

  /** Deletes a link and returns once it is gone; the answer is an error that kept it there. */
  Optional<NetlinkError> remove(int index) throws VirtException {
    CompletableFuture<Optional<NetlinkError>> answer = new CompletableFuture<>();
    // A socket of its own, for others have requests meanwhile; of the caller's network namespace.
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
    try {
      threads.execute(() -> send(socket, index, answer));
    } catch (RejectedExecutionException e) {
      socket.close();
      throw new VirtException(ErrorCode.OPERATION_INVALID, "it is closed", e);
    }
    return await(index, answer);
  }

  private Optional<NetlinkError> await(int index, CompletableFuture<Optional<NetlinkError>> answer)
      throws VirtException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get(1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (links.find(index).isEmpty()) {
            return Optional.empty();
          }
        } catch (InterruptedException e) {
          interrupted = true; // the request is under way: what comes of it is soon known
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof VirtException own) {
        throw own;
      }
      throw new IllegalStateException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void send(
      NetlinkSocket socket, int index, CompletableFuture<Optional<NetlinkError>> answer) {
    try (socket) {
      NetlinkWriter request = LinkMessages.delete(index);
      request.end();
      answer.complete(socket.exchange(request).error());
    } catch (VirtException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  /** Takes no more requests; those that were taken are carried out. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
