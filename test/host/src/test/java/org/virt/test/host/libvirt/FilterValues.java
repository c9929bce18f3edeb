package org.virt.test.host.libvirt;

import java.util.List;

/**
 * Values of each type of libvirt's formatnwfilter, good ones and others, separated by {@code |};
 * the first one is good. Both read them alike.
 */
final class FilterValues {
  static final List<String> VARIABLES = List.of("$A", "$A1[2]", "$a_B[@3]", "$A[", "$A-B");
  static final String MACS =
      "52:54:00:12:34:56|1:2:3:4:5:6|AA:bb:CC:dd:EE:ff|0:0:0:0:0:0||1:2:3:4:5|1:2:3:4:5:100"
          + "|1-2-3-4-5-6|1:2:3:4:5:g";
  static final String MAC_MASKS =
      "ff:ff:ff:ff:ff:ff|ff:ff:ff:0:0:0|0:0:0:0:0:0|FF:FF:FF:FF:FF:80|ff:0:ff:0:0:0|ff|24|";
  static final String IPV4S =
      "10.1.2.3|0.0.0.0|255.255.255.255|224.0.0.1|1.2.3.4.5|256.1.1.1|::1||localhost| 1.1.1.1"
          + "|1.1.1.1/24";
  static final String IPV4_MASKS =
      "24|32|0|08|+24|33|255.255.255.0|0.0.0.0|255.0.255.0||-1|0x18|24 |fe80::";
  static final String IPV6S =
      "fe80::1|::|::1|A:B:C:0:0:D:E:F|0:0:1:0:0:0:0:1|1:0:0:2:0:0:0:3|1:0:0:2:3:0:0:4"
          + "|::ffff:10.1.2.3|::10.1.2.3|::0.0.1.2|::1:2|64:ff9b::10.1.2.3|1:2:3:4:5:6:7::|::2:3:4:5:6:7:8"
          + "|1:2:3:4:5:6:7|1::2::3|10.1.2.3|:::|12345::|g::|[::1]||::ffff:1.2.3|1:2:3:4:5:6:1.2.3.4";
  static final String IPV6_MASKS =
      "64|128|0|129|ffff:ffff::|ffff:ffff:ffff:ffff:8000::|::|ffff:0:ffff::|::1||0x40|255.0.0.0";
  static final String ETHER_TYPES =
      "0x800|2048|0x806|0x8035|34525|vlan|ARP|rarp|ipv4|ipv6|0x600|1536|0xffff|65536|x| arp|ip";
  static final String IP_PROTOCOLS =
      "tcp|UDP|udplite|esp|ah|icmp|igmp|sctp|icmpv6|1|2|6|17|33|50|51|58|132|136|0x11|255|256|0xff"
          + "|all|gre|-1| tcp|";
  static final String OPERATIONS =
      "Request|reply|Request_Reverse|Reply_Reverse|DRARP_Request|DRARP_Reply|DRARP_Error"
          + "|InARP_Request|ARP_NAK|0|1|9|10|0x9|0xffff|65535|65536|InARP_Reply| 1|";
  static final String STATES =
      "NEW|ESTABLISHED|RELATED|INVALID|NONE|RELATED,NEW|NONE,NEW|new|NEW,NEW| NEW|NEW, ESTABLISHED"
          + "|FOO|NEW,FOO|NEW;ESTABLISHED";
  static final String TCP_FLAGS =
      "SYN/SYN|ALL/SYN|ALL/NONE|NONE/NONE|SYN,ACK,FIN,RST/SYN|URG,PSH/PSH|syn/syn|SYN, ACK/SYN"
          + "|SYN,ALL/SYN|URG,ACK,PSH,RST,SYN,FIN/FIN,SYN|SYN||SYN/SYN/SYN|FOO/SYN|0x3f/2";
  static final String COMMENTS =
      "hello||a&apos;b&quot;c&lt;d&gt;&amp;e|  lead and trail  |$notavar|`ls`;\\x|äöü";
  static final String IPSETS = "a|tck_test|a-b.c:d|1|_|" + "x".repeat(31) + "|" + "x".repeat(32);
  static final String IPSET_FLAGS =
      "src|dst|src,dst|src,src,dst,dst,src,dst|SRC|Src,DST|src, dst| src|foo|src;dst|,src|src,"
          + "|src,src,src,src,src,src,src";

  private FilterValues() {}

  /** Numbers about a range from 0, its end first. */
  static String numbers(int max) {
    return "%d|0|%d|0x%x|0x%x|0X0a|012| 5|+1||x|0x|1.5|5 |0x1g|99999999999999999999"
        .formatted(max, max + 1, max, max + 1);
  }
}
