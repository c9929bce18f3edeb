package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

class QuestionsTest {
  private final Sent sent = new Sent();
  private final Questions questions = new Questions(new Wire(sent), new Listener());

  private static Frame file(String content) {
    return new Frame(FrameType.FILE, content.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> ask(String... paths) throws IOException, InterruptedException {
    return questions.ask(FrameType.READ_FILE, List.of(paths)).stream().map(Frame::text).toList();
  }

  @Test
  void asksAllBeforeItWaits() throws Exception {
    sent.onLast(
        3,
        () -> {
          questions.answered(file("1"));
          questions.answered(file("2"));
          questions.answered(file("3"));
        });
    assertEquals(List.of("1", "2", "3"), ask("a", "b", "c"));
    assertEquals(List.of(), ask());
  }

  @Test
  void doesNotTakeTheAnswerToAnEarlierQuestionThatNobodyWaitedFor() throws Exception {
    sent.onLast(2, () -> Thread.currentThread().interrupt());
    assertThrows(InterruptedException.class, () -> ask("a", "b"));
    questions.answered(file("1"));
    questions.answered(file("2"));
    questions.answered(file("3"));
    assertEquals(List.of("3"), ask("c"));
  }

  @Test
  void waitsForNobodyWhoHasGone() throws Exception {
    questions.gone();
    assertEquals(List.of("the client has gone", "the client has gone"), ask("a", "b"));
    assertEquals(List.of("the client has gone"), ask("c"));
  }

  /** Another thread reads. */
  private static final class Listener implements Questions.Reading {
    @Override
    public void attend() {
      // It does already.
    }

    @Override
    public boolean readOne() {
      return false;
    }
  }

  /** Does something when so many frames were sent. */
  private static final class Sent implements ByteChannel {
    private int rest;
    private Runnable action = () -> {};

    void onLast(int count, Runnable then) {
      rest = count;
      action = then;
    }

    @Override
    public int write(ByteBuffer source) {
      int length = source.remaining();
      source.position(source.limit());
      if (--rest == 0) {
        action.run();
      }
      return length;
    }

    @Override
    public int read(ByteBuffer target) {
      return -1;
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
