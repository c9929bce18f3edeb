package org.virt.shell.internal.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

/** What a client is asked, and its answers, which come in the order of the questions. */
final class Questions {
  private static final Frame GONE =
      new Frame(FrameType.FILE_ERROR, "the client has gone".getBytes(StandardCharsets.UTF_8));

  private final Wire wire;
  private final Reading reading;
  private final BlockingQueue<Frame> answers = new LinkedBlockingQueue<>();
  private int unread;

  /** Whoever reads from the client. */
  interface Reading {
    /** Has a thread read from now on. */
    void attend();

    /** Reads what comes next and hands it on; returns false when another thread does that. */
    boolean readOne();
  }

  Questions(Wire wire, Reading reading) {
    this.wire = wire;
    this.reading = reading;
  }

  /** Takes an answer that came from the client. */
  void answered(Frame answer) {
    answers.add(answer);
  }

  /** Answers all questions from now on: the client has gone. */
  void gone() {
    answers.add(GONE);
  }

  /**
   * Sends all questions at once, so that many cost no more than one round trip, and waits for all
   * answers.
   */
  synchronized List<Frame> ask(FrameType question, List<String> texts)
      throws IOException, InterruptedException {
    drain();
    if (texts.size() > 1) {
      // Else both ends could be writing, with nobody who reads.
      reading.attend();
    }
    for (String text : texts) {
      wire.send(question, text);
      unread++;
    }
    List<Frame> taken = new ArrayList<>(texts.size());
    while (unread > 0) {
      taken.add(next());
    }
    return taken;
  }

  /** Has a file written, and returns the answer. */
  synchronized Frame write(String path, byte[] content) throws IOException, InterruptedException {
    drain();
    byte[] name = (path + '\0').getBytes(StandardCharsets.UTF_8);
    byte[] payload = Arrays.copyOf(name, name.length + content.length);
    System.arraycopy(content, 0, payload, name.length, content.length);
    wire.send(FrameType.WRITE_FILE, payload);
    unread++;
    return next();
  }

  /** Takes the answers of whoever asked before and was interrupted. */
  private void drain() throws InterruptedException {
    while (unread > 0) {
      next();
    }
  }

  private Frame next() throws InterruptedException {
    Frame answer = answers.poll();
    while (answer == null && reading.readOne()) {
      answer = answers.poll();
    }
    if (answer == null) {
      answer = answers.take();
    }
    if (answer.equals(GONE)) {
      answers.add(GONE);
    }
    unread--;
    return answer;
  }
}
