package org.virt.spi.nwfilter;

import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FrameDecision;

/** What a {@link FilterTechnique} may implement as well: it tells which rule decided a frame. */
@ConsumerType
public interface Trace {
  /**
   * Tells what becomes of each frame of a port from now on, on a thread of the technique's; frames
   * may be left out when they come too fast.
   *
   * @return ends it when closed
   * @throws VirtException {@code BUILD_FIREWALL} when the host refuses
   */
  Subscription trace(PortRef port, Consumer<FrameDecision> decisions) throws VirtException;
}
