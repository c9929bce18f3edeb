package org.virt.remote.internal.net;

import org.virt.rpc.Packet;
import org.virt.rpc.XdrException;

/** Takes what comes from one peer; on the thread of the loop, so it returns at once. */
public interface PeerHandler {
  /**
   * Takes a message.
   *
   * @throws XdrException when the peer does not speak the protocol: it is cut off
   */
  void packet(Packet packet) throws XdrException;

  /** Does what is to be done from time to time, about once a second. */
  void tick(long nowNanos);

  /** Hears, once, that the peer has gone. */
  void gone();
}
