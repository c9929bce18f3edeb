package org.virt.test.contract;

import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/**
 * A bridge with guests behind its ports, on which a technique's rules are tried with frames. For
 * one thread.
 */
public interface FrameLab extends AutoCloseable {
  /**
   * Makes an interface with a guest behind it: a member of the group {@link FilterTechnique#group()
   * group} from before it comes up, joined to the bridge, forwarding.
   *
   * @param name no interface has it now; it may have been there before
   */
  PortRef plug(String name) throws Exception;

  /**
   * Deletes an interface that {@link #plug} made; what a technique knows of it stays. One that is
   * gone is no error, also when there is another one of its name.
   */
  void unplug(PortRef port) throws Exception;

  /** Returns the port that is not filtered; every frame that a guest may send reaches it. */
  PortRef uplink();

  /** Returns the bridge itself, where the host sends and receives. */
  PortRef host();

  /**
   * Sends a frame from behind one port and says whether it reaches what is behind another.
   *
   * @param frame from its destination address on, without the checksum; shorter ones are padded
   */
  boolean passes(PortRef from, byte[] frame, PortRef to) throws Exception;

  /**
   * Returns a text of filter rules that somebody else put there before, in every place that the
   * technique also uses; never empty.
   */
  String foreignRules() throws Exception;

  /** Removes all that was made. */
  @Override
  void close() throws Exception;
}
