package org.virt.test.contract;

import java.util.List;
import org.virt.spi.nwfilter.PortRef;

/**
 * A lab whose host speaks IP: its bridge has the address {@link #HOST} and a network around it, and
 * packets of IP meet whatever the techniques need to follow connections.
 */
public interface IpLab extends FrameLab {
  /** The host's address on the bridge; with a prefix of 16 bits. */
  String HOST = "10.9.0.1";

  /**
   * Sends a UDP packet from the host's own stack to an address behind a port, and says whether it
   * arrives.
   */
  boolean hostSends(PortRef to, String address, int fromPort, int toPort) throws Exception;

  /**
   * Sends a frame from behind a port and returns the ICMP packets, from their IP header on, that
   * come back there before a second frame has been through.
   */
  List<byte[]> answers(PortRef from, byte[] frame) throws Exception;

  /** Makes an ipset of IPv4 addresses. */
  void makeIpSet(String name, List<String> addresses) throws Exception;

  /** Deletes an ipset; nobody uses it any more. */
  void deleteIpSet(String name) throws Exception;
}
