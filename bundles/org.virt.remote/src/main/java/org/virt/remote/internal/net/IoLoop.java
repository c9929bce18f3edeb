package org.virt.remote.internal.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches all sockets with one thread; a client costs it no thread and no buffer. */
public final class IoLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IoLoop.class);
  private static final int BUFFER = 64 * 1024;
  private static final long TICK_MILLIS = 1000;
  private static final long END_MILLIS = 3000;

  /** About as long as a thread takes to wake up and ask again. */
  private static final long BRISK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private final Selector selector;
  private final Thread thread;
  private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER);
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
  private final List<SelectionKey> resting = new ArrayList<>();
  private final AtomicLong held = new AtomicLong();
  private final long mostHeld;
  private volatile boolean ended;

  /** What came last has come soon; for the loop's thread alone. */
  private boolean brisk;

  /**
   * Makes a loop and starts its thread.
   *
   * @param mostHeld the most bytes that all peers together may have this end keep: messages that
   *     are not complete, and what they do not fetch
   */
  public IoLoop(String name, long mostHeld) throws IOException {
    this.mostHeld = mostHeld;
    selector = Selector.open();
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands every connection that comes to an acceptor, on this loop's thread. */
  public void listen(ServerSocketChannel server, Consumer<SocketChannel> acceptor) {
    listen(server, server::accept, acceptor);
  }

  /** Does so, and gets the connections of a socket in another way than from it. */
  void listen(ServerSocketChannel server, Source source, Consumer<SocketChannel> acceptor) {
    execute(
        () -> {
          try {
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT, new Listener(source, acceptor));
          } catch (IOException e) {
            LOG.warn("listen on {}", server, e);
          }
        });
  }

  /**
   * Watches a connection.
   *
   * @param socket its socket, not blocking
   * @param bytes where its bytes come out: the socket, or what deciphers it
   * @param handler takes what comes
   */
  public void add(
      SelectableChannel socket, ByteChannel bytes, Function<Peer, PeerHandler> handler) {
    execute(
        () -> {
          Peer peer = new Peer(this, bytes);
          try {
            SelectionKey key = socket.register(selector, 0, peer);
            peer.attach(key, handler.apply(peer));
            peers.add(peer);
            peer.resume();
          } catch (ClosedChannelException e) {
            LOG.debug("a client has gone before it was served");
          }
        });
  }

  void forget(Peer peer) {
    PeerHandler handler = peer.handler();
    if (peers.remove(peer) && handler != null) {
      handler.gone();
    }
    wakeup();
  }

  /**
   * Notes what a peer has this end keep. As soon as it is too much for all of them together, the
   * one with the most is cut off: whoever has little never pays for it.
   */
  void hold(long more) {
    if (held.addAndGet(more) <= mostHeld || more <= 0) {
      return;
    }
    do {
      Optional<Peer> greediest = peers.stream().max(Comparator.comparingLong(Peer::held));
      if (greediest.isEmpty() || greediest.get().held() <= 0) {
        return;
      }
      LOG.warn(
          "a client is cut off: {} of the {} bytes that are kept for all clients are its own",
          greediest.get().held(),
          held.get());
      greediest.get().close();
    } while (held.get() > mostHeld);
  }

  void wakeup() {
    if (Thread.currentThread() != thread) {
      selector.wakeup();
    }
  }

  /** Ends all connections and the thread. */
  @Override
  public void close() throws IOException {
    ended = true;
    selector.wakeup();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    peers.forEach(Peer::close);
    selector.close();
  }

  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  private void run() {
    long nextTick = System.nanoTime();
    while (!ended) {
      try {
        awaitWork();
        for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
          SelectionKey key = ready.next();
          ready.remove();
          serve(key);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        long now = System.nanoTime();
        if (now - nextTick >= 0) {
          nextTick = now + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
          peers.forEach(peer -> peer.handler().tick(now));
          acceptAgain();
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("serve clients", e);
      }
    }
  }

  /**
   * Waits for something to do. Who has just been answered often asks again before a thread that
   * sleeps could wake up: while that is so, it looks a few times more before it sleeps.
   */
  private void awaitWork() throws IOException {
    long begin = System.nanoTime();
    while (brisk && isIdle()) {
      Thread.onSpinWait();
      selector.selectNow();
      brisk = System.nanoTime() - begin < BRISK_NANOS;
    }
    if (isIdle()) {
      selector.select(TICK_MILLIS);
    }
    brisk = System.nanoTime() - begin < BRISK_NANOS;
  }

  private boolean isIdle() {
    return selector.selectedKeys().isEmpty() && tasks.isEmpty() && !ended;
  }

  private void serve(SelectionKey key) {
    if (key.attachment() instanceof Listener listener) {
      accept(listener, key);
      return;
    }
    Peer peer = (Peer) key.attachment();
    try {
      if (key.isValid() && key.isWritable()) {
        peer.write();
      }
      if (key.isValid() && key.isReadable()) {
        peer.read(shared);
      }
    } catch (RuntimeException e) {
      LOG.warn("serve a client; it is cut off", e);
      peer.close();
    }
  }

  /** Who comes while that is impossible, such as without a file descriptor left, waits. */
  private void accept(Listener listener, SelectionKey key) {
    try {
      SocketChannel client = listener.source().accept();
      if (client != null) {
        client.configureBlocking(false);
        listener.acceptor().accept(client);
      }
    } catch (IOException e) {
      LOG.warn("accept clients: {}; tried again in a second", e.toString());
      if (key.isValid()) {
        key.interestOps(0);
        resting.add(key);
      }
    }
  }

  private void acceptAgain() {
    for (SelectionKey key : resting) {
      if (key.isValid()) {
        key.interestOps(SelectionKey.OP_ACCEPT);
      }
    }
    resting.clear();
  }

  /** Where connections come from. */
  @FunctionalInterface
  interface Source {
    /** Takes one that waits; null when none does. */
    SocketChannel accept() throws IOException;
  }

  /** What connections come in by. */
  private record Listener(Source source, Consumer<SocketChannel> acceptor) {}
}
