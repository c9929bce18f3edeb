package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestHost.ip;

import org.junit.jupiter.api.Test;

class SubnetTest {
  private static boolean isOfNobody(String member, int prefix, String address) {
    return Subnet.of(ip(member), prefix).isOfNobody(ip(address));
  }

  @Test
  void knowsTheNetworksOwnAddressAndItsBroadcastAddress() {
    assertTrue(isOfNobody("192.0.2.70", 26, "192.0.2.64"));
    assertTrue(isOfNobody("192.0.2.70", 26, "192.0.2.127"));
    assertFalse(isOfNobody("192.0.2.70", 26, "192.0.2.126"));
    assertFalse(isOfNobody("192.0.2.70", 26, "192.0.2.128"));
    assertFalse(isOfNobody("10.1.2.3", 8, "10.0.1.0"));
    assertTrue(isOfNobody("10.1.2.3", 8, "10.255.255.255"));
  }

  @Test
  void leavesBothAddressesOfALinkOfTwoToItsHosts() {
    assertFalse(isOfNobody("192.0.2.0", 31, "192.0.2.1"));
    assertFalse(isOfNobody("192.0.2.0", 31, "192.0.2.0"));
    assertFalse(isOfNobody("192.0.2.1", 32, "192.0.2.1"));
    assertFalse(isOfNobody("2001:db8::", 127, "2001:db8::"));
  }

  @Test
  void knowsTheRoutersAnycastAddress() {
    assertTrue(isOfNobody("2001:db8::1", 64, "2001:db8::"));
    assertFalse(isOfNobody("2001:db8::1", 64, "2001:db8::ffff:ffff:ffff:ffff"));
    assertFalse(isOfNobody("2001:db8::1", 64, "192.0.2.0"));
  }
}
