package org.virt.test.host.lab;

import java.io.IOException;
import java.util.Optional;

/** Where a guest's frames go in and out. */
interface Wire extends AutoCloseable {
  void send(byte[] frame) throws IOException;

  /** Takes the next frame that has arrived, without waiting. */
  Optional<byte[]> poll() throws IOException;

  /** Waits until a frame is there; says whether one is. */
  boolean await(long milliseconds);

  @Override
  void close();
}
