package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Where a new QEMU says that its monitor listens: it connects here after it has made the socket of
 * the monitor. Nothing is polled, and a QEMU whose runtime died meanwhile finds nobody here and
 * ends.
 */
final class ReadySocket implements AutoCloseable {
  private final Path path;
  private final Selector selector;
  private final ServerSocketChannel server;

  ReadySocket(Path path) throws VirtException {
    this.path = path;
    try {
      Files.deleteIfExists(path);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      selector = Selector.open();
      server.bind(UnixDomainSocketAddress.of(path));
      RunPaths.share(path);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "listen at " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * Waits for QEMU.
   *
   * @param end done when QEMU has ended
   * @return whether QEMU is ready; else it has ended, or is too slow
   */
  boolean await(CompletableFuture<?> end, Duration limit) throws VirtException {
    end.whenComplete((result, error) -> selector.wakeup());
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!end.isDone()) {
        long rest = (deadline - System.nanoTime()) / 1_000_000;
        if (rest <= 0) {
          return false;
        }
        selector.select(rest);
        selector.selectedKeys().clear();
        try (SocketChannel qemu = server.accept()) {
          if (qemu != null) {
            return true;
          }
        }
      }
      return false;
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "wait for QEMU at " + path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      selector.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The folder is cleared when the machine ends.
      return;
    }
  }
}
