package org.virt.spi.nwfilter;

import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.Subscription;
import org.virt.api.VirtException;

/**
 * What a {@link FilterTechnique} may implement as well, where others can change what it committed:
 * it tells when they did. From then on, until all programs are committed again, it trusts nothing
 * that the kernel has: {@link FilterTechnique#list} is empty and the next commit replaces
 * everything.
 */
@ConsumerType
public interface ChangeNotice {
  /**
   * Tells the listener of every change by others from now on, on a thread of the technique's.
   *
   * @return ends it when closed
   * @throws VirtException {@code SYSTEM_ERROR} when changes cannot be noticed
   */
  Subscription watch(Listener listener) throws VirtException;

  /** Hears of changes; returns at once. */
  @ProviderType
  interface Listener {
    /**
     * Somebody else has changed what was committed; no rule may be there any more.
     *
     * @param who for a person: the process, as far as the kernel tells
     */
    void changed(String who);

    /** Notices were lost: somebody else may have changed something. */
    void lost();
  }
}
