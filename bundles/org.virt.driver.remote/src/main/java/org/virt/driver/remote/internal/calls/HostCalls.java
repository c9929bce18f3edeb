package org.virt.driver.remote.internal.calls;

import java.nio.charset.StandardCharsets;
import org.virt.api.HypervisorInfo;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.NodeInfo;
import org.virt.api.NodeInfo.Topology;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about the host and its hypervisor. */
public final class HostCalls {
  private static final long MAJOR = 1_000_000;
  private static final long MINOR = 1_000;

  private final Far far;

  /** Makes one. */
  public HostCalls(Far far) {
    this.far = far;
  }

  /** Returns who answers. */
  public HypervisorInfo hypervisor() throws VirtException {
    Answer type = far.begin("connect_get_type");
    Answer version = far.begin("connect_get_version");
    Answer host = far.begin("connect_get_hostname");
    long number = far.await(version).wide("hv_ver");
    return new HypervisorInfo(
        far.await(type).text("type"),
        new Version((int) (number / MAJOR), (int) (number % MAJOR / MINOR), (int) (number % MINOR)),
        far.await(host).text("hostname"));
  }

  /** Returns the host's size. */
  public NodeInfo nodeInfo() throws VirtException {
    XdrStruct node = far.call("node_get_info");
    return new NodeInfo(
        text(node.bytes("model")),
        node.wide("memory"),
        node.integer("cpus"),
        node.integer("mhz"),
        new Topology(
            node.integer("nodes"),
            node.integer("sockets"),
            node.integer("cores"),
            node.integer("threads")));
  }

  /** Returns how many CPUs the host could have, offline ones too: the length of maps of them. */
  int cpus() throws VirtException {
    Topology topology = nodeInfo().topology();
    return topology.numaCells()
        * topology.socketsPerCell()
        * topology.coresPerSocket()
        * topology.threadsPerCore();
  }

  /** Returns libvirt's capabilities XML. */
  public String capabilities() throws VirtException {
    return far.call("connect_get_capabilities").text("capabilities");
  }

  private static String text(byte[] chars) {
    int length = 0;
    while (length < chars.length && chars[length] != 0) {
      length++;
    }
    return new String(chars, 0, length, StandardCharsets.UTF_8);
  }
}
