package org.virt.learnip.internal;

import java.util.List;
import org.virt.api.VirtException;

/** An open capture of all interfaces of the host. */
interface Capture extends AutoCloseable {
  /** Opens captures. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens one; it takes every frame until it has a filter.
     *
     * @throws VirtException {@code OPEN_FAILED}, with the remedy
     */
    Capture open() throws VirtException;
  }

  /** Takes what is captured; by one thread. */
  interface Frames {
    /**
     * Takes the bytes of a frame, with their SLL2 header; they are the receiver's own. Says whether
     * {@link #pause} is waited for.
     */
    boolean take(byte[] bytes);

    /** No frame follows at once. */
    void pause();
  }

  /**
   * Replaces the choice of frames; none that both the old and the new one take is lost.
   *
   * @param watches sorted by interface
   * @throws VirtException {@code OPERATION_FAILED}; the old choice is still there
   */
  void watch(List<Watch> watches) throws VirtException;

  /**
   * Takes whatever any port may want, until the next {@link #watch}; quicker than that.
   *
   * @throws VirtException as {@link #watch}
   */
  void watchAll() throws VirtException;

  /**
   * Hands on each frame until {@link #stop()}; called once.
   *
   * @param frames takes them
   * @throws VirtException {@code READ_FAILED} when the capture broke
   */
  void run(Frames frames) throws VirtException;

  /** Ends {@link #run}, also one that has not begun; from any thread. */
  void stop();

  /** Gives everything back; after {@link #run} has ended. */
  @Override
  void close();
}
