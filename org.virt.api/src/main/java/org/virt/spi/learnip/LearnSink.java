package org.virt.spi.learnip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.nwfilter.PortAddress.Source;

/**
 * Takes what was learned for one port, by calls one after the other. May have the rules changed
 * before it returns, and waits for nothing else; the learner holds no lock meanwhile.
 */
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

  /** The guest uses an address that it may not have; told once for a while. */
  default void refused(InetAddress address, Source source, Refusal why) {}

  /** Nothing can be learned any more; the reason is for a person. */
  void failed(String reason);

  /**
   * Runs a task that tells this sink and others of the same receiver something, on the calling
   * thread. The receiver takes all of it at once, which is quicker than one after the other when
   * many guests speak at the same time.
   */
  default void together(Runnable telling) {
    telling.run();
  }

  /** Why an address is not believed. */
  enum Refusal {
    /** The port has as many as it may have. */
    LIMIT("the port has as many addresses as it may have"),
    /** It is a gateway's. */
    GATEWAY("it is a gateway's address"),
    /** Another port has it. */
    HELD("another port has it"),
    /** Somebody answered for it while it was checked. */
    DEFENDED("somebody else answered for it"),
    /** No host has such an address. */
    UNUSABLE("no host has such an address"),
    /** It waits until it is approved. */
    WAITING("it waits for approval");

    private final String text;

    Refusal(String text) {
      this.text = text;
    }

    /** Returns the reason as a part of a sentence. */
    public String text() {
      return text;
    }
  }
}
