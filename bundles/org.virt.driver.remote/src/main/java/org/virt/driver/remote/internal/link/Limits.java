package org.virt.driver.remote.internal.link;

import java.time.Duration;

/**
 * How long what may take.
 *
 * @param connect each step of opening a connection
 * @param call an ordinary call
 * @param longCall one that writes or reads a machine's memory
 * @param ping how long nothing may come before the other end is asked whether it is there
 * @param pings how often it is asked before it counts as gone
 * @param firstRetry the wait after the first connection that could not be made again; it doubles
 * @param lastRetry the longest such wait
 */
public record Limits(
    Duration connect,
    Duration call,
    Duration longCall,
    Duration ping,
    int pings,
    Duration firstRetry,
    Duration lastRetry) {
  /** Looks so often within the time that nothing may come. */
  private static final int LOOKS = 5;

  /** For use; asking whether the other end is there as libvirt's clients do. */
  public static final Limits USUAL =
      new Limits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofHours(1),
          Duration.ofSeconds(5),
          5,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30));

  /** Returns how often to look whether something takes too long. */
  Duration look() {
    return ping.dividedBy(LOOKS);
  }

  /** Returns the wait after some connections in a row that could not be made. */
  Duration retry(int failures) {
    Duration wait = firstRetry.multipliedBy(1L << Math.min(failures - 1, Byte.SIZE));
    return wait.compareTo(lastRetry) < 0 ? wait : lastRetry;
  }
}
