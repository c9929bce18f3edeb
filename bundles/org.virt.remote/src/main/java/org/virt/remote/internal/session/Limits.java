package org.virt.remote.internal.session;

/**
 * How much clients may take.
 *
 * @param clients connected at once
 * @param unauthenticated connected at once without having authenticated
 * @param callsEach in flight for one client; more wait unread
 * @param authenticationSeconds until one that has not authenticated is cut off
 * @param keepAliveSeconds between questions to a silent client; 0 for none
 * @param keepAliveCount unanswered questions after which it is cut off
 * @param memory bytes that all clients together may have kept for them: messages that are not
 *     complete, calls that are not answered, answers that are not fetched
 */
public record Limits(
    int clients,
    int unauthenticated,
    int callsEach,
    int authenticationSeconds,
    int keepAliveSeconds,
    int keepAliveCount,
    long memory) {
  /** libvirtd's; of the memory a quarter. */
  public static final Limits DEFAULT =
      new Limits(5000, 20, 5, 60, 5, 5, Runtime.getRuntime().maxMemory() / 4);
}
