package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

@Timeout(60)
class IncomingTest {
  private final Client client = new Client();
  private final AtomicInteger listeners = new AtomicInteger();
  private final Incoming incoming = new Incoming(new Wire(client), this::start);

  private void start(Runnable listening) {
    listeners.incrementAndGet();
    aside(listening);
  }

  private static void aside(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void leave() {
    client.say(Client.END);
  }

  private List<String> ask(String... paths) {
    try {
      return incoming.questions().ask(FrameType.READ_FILE, List.of(paths)).stream()
          .map(Frame::text)
          .toList();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readsTheAnswerOnTheThreadThatWaitsForIt() {
    client.say(FrameType.FILE, "1");
    assertEquals(List.of("1"), ask("a"));
    client.say(FrameType.INTERRUPT, "");
    client.say(FrameType.FILE, "2");
    assertEquals(List.of("2"), ask("b"));
    assertEquals(0, listeners.get());
  }

  @Test
  void listensWhileManyQuestionsAreSent() {
    client.say(FrameType.FILE, "1");
    client.say(FrameType.FILE, "2");
    assertEquals(List.of("1", "2"), ask("a", "b"));
    client.say(FrameType.FILE, "3");
    assertEquals(List.of("3"), ask("c"));
    assertEquals(1, listeners.get());
  }

  @Test
  void asksWhileAnotherThreadListens() throws Exception {
    incoming.attend();
    client.awaitReader();
    CompletableFuture<List<String>> answers =
        CompletableFuture.supplyAsync(() -> ask("a"), IncomingTest::aside);
    client.say(FrameType.FILE, "1");
    assertEquals(List.of("1"), answers.get());
  }

  @Test
  void hearsOfAnInterruptAfterTheAnswerThatWasWaitedFor() throws Exception {
    CompletableFuture<List<String>> answers =
        CompletableFuture.supplyAsync(() -> ask("a"), IncomingTest::aside);
    client.awaitReader();
    CountDownLatch interrupted = new CountDownLatch(1);
    incoming.interrupts().add(interrupted::countDown);
    client.say(FrameType.FILE, "1");
    assertEquals(List.of("1"), answers.get());
    client.say(FrameType.INTERRUPT, "");
    interrupted.await();
  }

  @Test
  void endsAllWaitingWhenTheClientHasGone() throws Exception {
    client.say(Client.END);
    assertEquals(List.of("the client has gone"), ask("a"));
    assertEquals(List.of("the client has gone", "the client has gone"), ask("b", "c"));
    CountDownLatch interrupted = new CountDownLatch(1);
    incoming.interrupts().add(interrupted::countDown);
    interrupted.await();
    assertEquals(-1, incoming.input().read());
  }

  @Test
  void handsOnWhatIsTyped() throws Exception {
    client.say(FrameType.INPUT, "x");
    client.say(FrameType.INPUT_END, "");
    assertEquals('x', incoming.input().read());
    assertEquals(-1, incoming.input().read());
    assertEquals(1, listeners.get());
  }

  /** The other end of the connection. */
  private static final class Client implements ByteChannel {
    static final byte[] END = {};

    private final BlockingQueue<byte[]> said = new LinkedBlockingQueue<>();
    private final Semaphore reads = new Semaphore(0);
    private ByteBuffer rest = ByteBuffer.allocate(0);

    void say(FrameType type, String text) {
      byte[] payload = text.getBytes(StandardCharsets.UTF_8);
      ByteBuffer frame = ByteBuffer.allocate(1 + Integer.BYTES + payload.length);
      say(frame.put((byte) type.ordinal()).putInt(payload.length).put(payload).array());
    }

    void say(byte[] bytes) {
      said.add(bytes);
    }

    void awaitReader() throws InterruptedException {
      assertTrue(reads.tryAcquire(1, TimeUnit.MINUTES));
    }

    @Override
    public int read(ByteBuffer target) {
      try {
        reads.release();
        if (!rest.hasRemaining()) {
          rest = ByteBuffer.wrap(said.take());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!rest.hasRemaining()) {
        said.add(END);
        return -1;
      }
      int length = Math.min(rest.remaining(), target.remaining());
      target.put(rest.slice().limit(length));
      rest.position(rest.position() + length);
      return length;
    }

    @Override
    public int write(ByteBuffer source) {
      int length = source.remaining();
      source.position(source.limit());
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
