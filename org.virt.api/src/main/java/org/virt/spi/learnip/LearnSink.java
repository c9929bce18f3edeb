package org.virt.spi.learnip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.nwfilter.PortAddress.Source;

/** Takes what was learned for one port. Returns at once. */
@ProviderType
public interface LearnSink {
  /**
   * The guest may use an address; called again when its lease is renewed, and now and then for one
   * without a lease that the guest still uses.
   *
   * @param lifetime how long from now; absent for no end
   */
  void learned(InetAddress address, Source source, Optional<Duration> lifetime);

  /**
   * The guest gave an address back, or its server took it; also one that was not told before, such
   * as one learned by an earlier runtime.
   */
  void released(InetAddress address);

  /** Nothing can be learned any more; the reason is for a person. */
  void failed(String reason);
}
