package org.virt.learnip.internal;

import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.ack;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.request;

import java.time.Duration;
import org.virt.api.MacAddress;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.spi.learnip.LearnRequest.Mode;

/** Two ports of a bridge, and what their guests say. */
abstract class TwoPorts {
  static final int SECOND_PORT = 8;
  static final String ADDRESS = "192.0.2.9";
  static final String ADDRESS6 = "2001:db8::9";
  static final String LONG6 = "2001:db8:0:0:0:0:0:9";
  static final Duration CHECK = SaviTimers.STANDARD.tentative();
  static final byte[] ACK = fromServer(ack(ADDRESS, 120).done());

  final TestHost host = new TestHost();
  final RecordingSink sink = new RecordingSink();
  final RecordingSink second = new RecordingSink();
  LearningPort port;

  static Terms first(Mode mode) {
    return new Terms(mode).ipv6();
  }

  static Terms other(Mode mode) {
    Terms terms = new Terms(mode).ipv6();
    terms.index = SECOND_PORT;
    terms.mac = OTHER;
    return terms;
  }

  void start(Terms one, Terms two) {
    port = host.add(one, sink);
    host.add(two, second);
  }

  void sends(int index, MacAddress mac, int type, byte[] payload) {
    host.pass(Duration.ofMillis(101));
    host.frame(TestFrames.cooked(index, 0, mac, type, payload));
  }

  void announces(int index, MacAddress mac) {
    sends(index, mac, CookedFrame.ARP, arp(1, mac, ADDRESS, ADDRESS));
  }

  void advertises(int index, MacAddress mac) {
    sends(index, mac, CookedFrame.IPV6, Frames6.advertisement(ADDRESS6, ADDRESS6));
  }

  void asks() {
    sends(PORT, GUEST, CookedFrame.IPV4, fromClient(request(ADDRESS).done()));
  }

  void arrives(int index, MacAddress source, byte[] packet) {
    host.frame(TestFrames.cooked(index, 0, source, CookedFrame.IPV4, packet));
    host.frame(TestFrames.toGuest(source, CookedFrame.IPV4, packet));
  }
}
