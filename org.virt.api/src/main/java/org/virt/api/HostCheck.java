package org.virt.api;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says what a bundle needs of the host and whether it is there; registered as an OSGi service by
 * each bundle that needs something. {@code host-validate} and {@code bundles} print it.
 */
@ConsumerType
public interface HostCheck {
  /** Looks at the host, each time anew, within a second. */
  List<Finding> check();

  /**
   * One thing that was looked for.
   *
   * @param subject who needs it, such as {@code qemu} or {@code nwfilter.nftables}
   * @param what what was looked for, such as {@code nft}
   * @param result whether it is there
   * @param detail the version that was found, or what does not work without it
   * @param remedy what to do, such as {@code apt-get install nftables}; empty when it is there
   */
  record Finding(String subject, String what, Result result, String detail, String remedy) {
    public Finding {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(what, "what");
      Objects.requireNonNull(result, "result");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(remedy, "remedy");
    }
  }

  /** Outcome of a check, in virt-host-validate's words. */
  enum Result {
    PASS,
    WARN,
    FAIL
  }
}
