package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.nwfilter.nftables.internal.RuleConditions.Refused;

/** Finds the kernel's numbers of ipsets: linux/netfilter/ipset/ip_set.h. */
final class IpSets {
  private static final int SUBSYSTEM = 6;
  private static final int GET_BY_NAME = 14;
  private static final int PROTOCOL = 7;
  private static final int PROTOCOL_ATTRIBUTE = 1;
  private static final int NAME_ATTRIBUTE = 2;
  private static final int FAMILY_ATTRIBUTE = 5;
  private static final int INDEX_ATTRIBUTE = 11;
  private static final int FAMILY_HEADER = 4;
  private static final int CAPACITY = 128;
  private static final int IPV4 = 2;
  private static final int IPV6 = 10;

  /**
   * Returns the number of a set.
   *
   * @throws Refused when there is none, or one of the other family only, which would match no
   *     packet, or the kernel has no ipsets
   */
  int index(String name, boolean ipv4) throws Refused {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
      Answer answer = socket.exchange(request(name));
      Optional<NetlinkError> error = answer.error();
      if (error.isPresent()) {
        throw new Refused("ipset " + name + ": " + reason(error.get()));
      }
      for (NetlinkMessage message : answer.messages()) {
        Attributes set = message.attributes(FAMILY_HEADER);
        byte[] family = set.bytes(FAMILY_ATTRIBUTE);
        if (family.length == 1 && family[0] == (ipv4 ? IPV6 : IPV4)) {
          throw new Refused(
              "ipset %s: it holds addresses of IPv%d only".formatted(name, ipv4 ? 6 : 4));
        }
        byte[] index = set.bytes(INDEX_ATTRIBUTE);
        if (index.length == Short.BYTES) {
          return ByteBuffer.wrap(index).getShort() & 0xffff;
        }
      }
      throw new Refused("ipset " + name + ": the kernel does not say its number");
    } catch (VirtException e) {
      throw new Refused("ipset " + name + ": " + e.getMessage());
    }
  }

  private static NetlinkWriter request(String name) {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    writer.begin(SUBSYSTEM << Byte.SIZE | GET_BY_NAME, NetlinkWriter.REQUEST | NetlinkWriter.ACK);
    writer.u8(0);
    writer.u8(0);
    writer.be16(0);
    writer.attributeU8(PROTOCOL_ATTRIBUTE, PROTOCOL);
    writer.attributeString(NAME_ATTRIBUTE, name);
    writer.end();
    return writer;
  }

  private static String reason(NetlinkError error) {
    return error.errno() == NetlinkError.ENOENT ? "there is no such set" : error.text();
  }
}
