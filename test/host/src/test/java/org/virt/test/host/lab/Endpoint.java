package org.virt.test.host.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.spi.nwfilter.PortRef;

/**
 * A guest or the uplink: a network namespace whose {@code eth0} is joined by a veth to a port of
 * the lab's bridge.
 */
public final class Endpoint implements AutoCloseable {
  private final String namespace;
  private final PortRef port;
  private final Wire socket;
  private final Wire passing;

  Endpoint(String namespace, PortRef port) throws IOException, VirtException {
    this.namespace = namespace;
    this.port = port;
    int index = Integer.parseInt(command("cat", "/sys/class/net/eth0/ifindex").require().strip());
    socket = Native.in(Path.of("/run/netns", namespace), () -> new RawSocket(index));
    passing = socket;
  }

  /** The bridge itself, where the host is: it has no namespace and is not made here. */
  Endpoint(PortRef bridge) throws IOException {
    namespace = "";
    port = bridge;
    socket = new RawSocket(bridge.index());
    passing = socket;
  }

  /** A guest of a macvtap: it has no namespace, for its hypervisor would send its frames. */
  Endpoint(PortRef macvtap, String device) throws IOException {
    namespace = "";
    port = macvtap;
    socket = new TapFile(device);
    passing = new RawSocket(port.index());
  }

  /** Says whether it is the guest of a macvtap. */
  boolean isDirect() {
    return passing != socket;
  }

  /** Returns what sees each frame that comes, for the guest of a macvtap before its filter. */
  Wire passing() {
    return passing;
  }

  /** Returns the port of the bridge, in the JVM's own namespace. */
  public PortRef port() {
    return port;
  }

  /** Returns the name of that port. */
  public PortId id() {
    return port.id();
  }

  /** Returns the address of {@code eth0}. */
  public MacAddress mac() {
    return port.mac();
  }

  /** Returns a command that runs inside. */
  public Command command(String... arguments) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(arguments));
    return Command.of(all);
  }

  /** Sends a frame from {@code eth0}, whatever its source address. */
  public void send(byte[] frame) throws IOException {
    socket.send(frame);
  }

  /**
   * Takes the next frame that reached {@code eth0}, without waiting; its outer VLAN tag is missing.
   */
  public Optional<byte[]> poll() throws IOException {
    return socket.poll();
  }

  /** Waits until a frame is there; says whether one is. */
  public boolean await(long milliseconds) {
    return socket.await(milliseconds);
  }

  /** Removes the namespace and with it the port. */
  @Override
  public void close() throws VirtException {
    socket.close();
    if (isDirect()) {
      passing.close();
    }
    if (namespace.isEmpty()) {
      return;
    }
    Command.of("ip", "link", "delete", port.id().name()).run();
    Command.of("ip", "netns", "delete", namespace).require();
  }
}
