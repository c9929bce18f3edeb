package org.virt.learnip.internal;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a thread run as soon as it wakes up, also beside guests that use every processor: it sleeps
 * nearly always, and a guest's first packet would wait for the end of another one's time slice,
 * three milliseconds. Who floods is taken out of the capture before this counts for others.
 */
final class Urgency {
  private static final Logger LOG = LoggerFactory.getLogger(Urgency.class);

  /** {@code SCHED_RR} and {@code SCHED_RESET_ON_FORK}, sched(7). */
  private static final int ROUND_ROBIN = 2 | 0x40000000;

  private static final int LEAST_PRIORITY = 1;

  private Urgency() {}

  /** Makes the calling thread urgent; without the right to that it stays as others are. */
  static void ofThisThread() {
    try (Memory priority = new Memory(Integer.BYTES)) {
      priority.setInt(0, LEAST_PRIORITY);
      NativeLibrary.getInstance("c")
          .getFunction("sched_setscheduler", Function.THROW_LAST_ERROR)
          .invokeInt(new Object[] {0, ROUND_ROBIN, priority});
    } catch (LastErrorException | LinkageError e) {
      LOG.debug("frames are captured as soon as other threads let us: {}", e.getMessage());
    }
  }
}
