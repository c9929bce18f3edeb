package org.virt.test.host.libvirt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Definitions that libvirt 9.0.0 takes, and that mean something else here, on purpose. */
final class FilterDifferences {
  /**
   * Elements of a rule where libvirt does not do what its formatnwfilter says, and what we print of
   * them.
   */
  static final Map<String, String> AS_DOCUMENTED = new LinkedHashMap<>();

  /** Elements of a rule where libvirt passes over something: refused, for it could open a port. */
  static final Set<String> REFUSED =
      Set.of(
          "<ip foo='1'/>",
          "<ipv6 dscp='1'/>",
          "<tcp dstmacaddr='1:2:3:4:5:6'/>",
          "<foo/>",
          "<ip srcipaddr='1.1.1.1'/><arp opcode='1'/>",
          "<ip dscp='1'/><ip dscp='2'/>",
          "<ip match='NO' srcipaddr='1.1.1.1'/>",
          "<ip match='maybe' srcipaddr='1.1.1.1'/>",
          "<ip srcipmask='24'/>",
          "<mac srcmacmask='ff:ff:ff:0:0:0'/>",
          "<tcp srcportend='5'/>",
          "<tcp srcipto='1.1.1.1'/>",
          "<all ipset='x'/>",
          "<all ipset='x y' ipsetflags='src'/>",
          "<all state=''/>",
          "<all state='NEW,'/>",
          "<ipv6 type='5'/>",
          "<ipv6 match='no' protocol='icmpv6' type='5'/>",
          "<ip match='no' protocol='tcp' srcportstart='5'/>",
          "<ip srcipaddr='1.2.3'/>",
          "<ip srcipaddr='01.2.3.4'/>",
          "<ip srcipaddr='$A[65536]'/>",
          "<ip srcipaddr='$A[1]x'/>",
          "<ip srcipaddr='$'/>",
          "<ip dscp='-0'/>",
          "<ipv6 srcipaddr='fe80::1%lo'/>",
          "<mac srcmacaddr='1:2:3:4:5:6 '/>",
          "<arp gratuitous='TRUE'/>");

  static {
    same("<udplite srcmacaddr='01:02:03:04:05:06' srcmacmask='ff:ff:ff:00:00:00'/>");
    same("<igmp dstmacaddr='01:02:03:04:05:06' dstmacmask='ff:ff:ff:00:00:00'/>");
    same("<tcp ipset='x' ipsetflags='src,dst'/>");
    same("<icmpv6 ipset='x' ipsetflags='dst'/>");
    same("<tcp-ipv6 flags='SYN,ACK/SYN'/>");
    same("<all-ipv6 dstipfrom='::' dstipto='::ffff:10.1.2.3'/>");
    same("<icmp match='no' code='0'/>");
    same("<udp match='no' dstportstart='1' dstportend='2'/>");
    AS_DOCUMENTED.put("<stp port='1' port_hi='2'/>", "<stp port='1' port-hi='2'/>");
    AS_DOCUMENTED.put("<stp msg-age='1' msg-age-hi='2'/>", "<stp age='1' age-hi='2'/>");
    AS_DOCUMENTED.put(
        "<arp arpsrcipaddr='1.1.1.1'/><arp match='no' arpsrcipmask='24'/>",
        "<arp arpsrcipaddr='1.1.1.1' arpsrcipmask='24'/>");
  }

  private FilterDifferences() {}

  private static void same(String element) {
    AS_DOCUMENTED.put(element, element);
  }
}
