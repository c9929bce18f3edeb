package org.virt.pcap4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.Packet;
import org.pcap4j.packet.factory.PacketFactories;
import org.pcap4j.packet.namednumber.ArpOperation;
import org.pcap4j.packet.namednumber.DataLinkType;
import org.pcap4j.packet.namednumber.EtherType;

class PacketFactoryTest {

  /** 52:54:00:12:34:56 asks for 192.0.2.1 from 192.0.2.7. */
  private static final String ARP_REQUEST =
      "ffffffffffff 525400123456 0806"
          + "0001 0800 06 04 0001 525400123456 c0000207 000000000000 c0000201";

  @Test
  void parsesArpRequestInEthernetFrame() {
    byte[] frame = HexFormat.of().parseHex(ARP_REQUEST.replace(" ", ""));

    Packet packet =
        PacketFactories.getFactory(Packet.class, DataLinkType.class)
            .newInstance(frame, 0, frame.length, DataLinkType.EN10MB);

    EthernetPacket ethernet = assertInstanceOf(EthernetPacket.class, packet);
    assertEquals(EtherType.ARP, ethernet.getHeader().getType());
    ArpPacket arp = assertInstanceOf(ArpPacket.class, ethernet.getPayload());
    assertEquals(ArpOperation.REQUEST, arp.getHeader().getOperation());
    assertEquals("52:54:00:12:34:56", arp.getHeader().getSrcHardwareAddr().toString());
    assertEquals("192.0.2.7", arp.getHeader().getSrcProtocolAddr().getHostAddress());
    assertEquals("192.0.2.1", arp.getHeader().getDstProtocolAddr().getHostAddress());
  }
}
