package org.virt.learnip.internal;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.spi.nwfilter.PortRef;

/**
 * Sends probes by packet sockets (packet(7)), one for each: what is sent so goes to the guest
 * without meeting a bridge or its rules, and nobody else gets it.
 */
final class PacketProber implements Prober {
  private static final Logger LOG = LoggerFactory.getLogger(PacketProber.class);
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int ADDRESS = 20;
  private static final int INDEX = 4;

  @Override
  public void probe(PortRef port, InetAddress address) {
    LOG.debug("{}: asks its guest for {}", port, address.getHostAddress());
    try {
      send(port.index(), ProbeFrame.of(port.mac(), address));
    } catch (LastErrorException e) {
      LOG.debug("{}: ask its guest for {}: {}", port, address.getHostAddress(), e.getMessage());
    }
  }

  @Override
  public void ask(PortRef port, int bridge, InetAddress address) {
    LOG.debug("{}: asks the network for {}", port, address.getHostAddress());
    try {
      send(bridge, ProbeFrame.toAll(port.mac(), address));
    } catch (LastErrorException e) {
      LOG.debug("{}: ask the network for {}: {}", port, address.getHostAddress(), e.getMessage());
    }
  }

  private static void send(int index, byte[] bytes) {
    NativeLibrary c = NativeLibrary.getInstance("c");
    int socket = function(c, "socket").invokeInt(new Object[] {AF_PACKET, SOCK_RAW_CLOEXEC, 0});
    try (Memory frame = new Memory(bytes.length);
        Memory address = new Memory(ADDRESS)) {
      frame.write(0, bytes, 0, bytes.length);
      address.clear();
      address.setShort(0, (short) AF_PACKET);
      address.setInt(INDEX, index);
      function(c, "sendto")
          .invokeInt(
              new Object[] {
                socket,
                frame,
                new com.sun.jna.NativeLong(bytes.length),
                MSG_DONTWAIT,
                address,
                ADDRESS
              });
    } finally {
      function(c, "close").invokeInt(new Object[] {socket});
    }
  }

  private static Function function(NativeLibrary c, String name) {
    return c.getFunction(name, Function.THROW_LAST_ERROR);
  }
}
