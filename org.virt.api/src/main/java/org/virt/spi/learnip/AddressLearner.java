package org.virt.spi.learnip;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Learns the addresses that guests use, from their traffic; registered as an OSGi service. */
@ConsumerType
public interface AddressLearner {
  /**
   * Listens on behalf of a port until what it returns is closed. Frames that the guest sent after
   * this method returned are seen.
   *
   * @throws VirtException {@code OPEN_FAILED} when nothing can be captured, with the reason and the
   *     remedy; never in {@link LearnRequest.Mode#NONE}
   */
  Listening learn(LearnRequest request, LearnSink sink) throws VirtException;
}
