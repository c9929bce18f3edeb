package org.virt.driver.remote.internal.link;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrException;
import org.virt.rpc.XdrStruct;

/**
 * The answer to a call that was sent.
 *
 * @param procedure what was asked
 * @param packet what comes
 * @param forget has nobody wait for it any more
 */
public record Answer(Procedure procedure, CompletableFuture<Packet> packet, Runnable forget) {
  /**
   * Waits for it.
   *
   * @throws VirtException the other end's error; {@code OPERATION_TIMEOUT} when nothing came in
   *     time; {@code RPC} when the connection was cut or the answer cannot be read
   */
  public XdrStruct await(Duration limit) throws VirtException {
    try {
      Packet answer = packet.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.header().status() == MessageStatus.ERROR) {
        throw failure(RpcError.read(answer));
      }
      return answer.read(procedure.ret());
    } catch (XdrException e) {
      throw new VirtException(
          ErrorCode.RPC,
          "read the answer to %s: %s".formatted(procedure.name(), e.getMessage()),
          e);
    } catch (TimeoutException e) {
      forget.run();
      throw new VirtException(
          ErrorCode.OPERATION_TIMEOUT,
          "%s: no answer within %d s".formatted(procedure.name(), limit.toSeconds()),
          e);
    } catch (InterruptedException e) {
      forget.run();
      Thread.currentThread().interrupt();
      throw new VirtException(
          ErrorCode.OPERATION_ABORTED, procedure.name() + ": the wait was interrupted", e);
    } catch (ExecutionException e) {
      VirtException cause = (VirtException) e.getCause();
      throw new VirtException(cause.code(), procedure.name() + ": " + cause.getMessage(), cause);
    }
  }

  /** Returns the other end's error as its own users would see it. */
  static VirtException failure(RpcError error) {
    String text = error.message().isEmpty() ? error.detail() : error.message();
    return ErrorCode.of(error.code())
        .map(code -> new VirtException(code, text))
        .orElseGet(
            () ->
                new VirtException(
                    ErrorCode.INTERNAL_ERROR,
                    "%s (error %d of the other end)".formatted(text, error.code())));
  }
}
