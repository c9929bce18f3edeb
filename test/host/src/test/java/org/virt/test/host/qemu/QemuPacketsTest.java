package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.domain.SaveVerbs;
import org.virt.common.net.Link;
import org.virt.common.net.NetlinkLinks;
import org.virt.nwfilter.internal.manager.RealFilters;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/**
 * What a guest sends meanwhile: it has an address of its own and one that is not, and sends from
 * both all the time. The kernel's rules are the real ones.
 */
@PrivateNetwork
class QemuPacketsTest extends QemuFixture {
  private static final int OWN = 1;
  private static final int FOREIGN = 66;
  private static final int ENOUGH = 30;
  private static final String SENDER =
      """
      modprobe virtio_net
      while :; do for p in /sys/class/net/eth*; do i=${p##*/}
      [ -e $p ] && [ ! -e /run/$i ] && { >/run/$i
      ip link set $i up; ip addr add 10.0.0.1/24 dev $i; ip addr add 10.0.0.66/24 dev $i
      arp -i $i -s 10.0.0.9 52:54:00:00:00:99
      ping -i 0.02 -I 10.0.0.66 10.0.0.9 & ping -i 0.02 -I 10.0.0.1 10.0.0.9 & }
      done; usleep 50000; done >/dev/null 2>&1 &
      """;
  private static final String FILTER =
      "<filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.1'/></filterref>";

  @TempDir private Path rulesHome;
  private TestGuest guest;
  private Lab lab;
  private Endpoint uplink;
  private RealFilters filters;

  @BeforeEach
  void openLab() throws Exception {
    guest = TestGuest.find();
    lab = Lab.open();
    uplink = lab.plug("up0");
    filters = new RealFilters(rulesHome);
    use(filters.manager());
  }

  @AfterEach
  void closeLab() throws Exception {
    removeMachines();
    try (NetlinkLinks links = NetlinkLinks.open()) {
      links.delete(new PortId("low7"));
    }
    if (filters != null) {
      filters.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  private static String card(String filter) {
    return "<interface type='bridge'><mac address='52:54:00:00:00:07'/><source bridge='br0'/>"
        + "<target dev='guest7'/><model type='virtio'/>"
        + filter
        + "</interface>";
  }

  private void boot(String devices) throws VirtException {
    connection.define(
        """
        <domain type='qemu'><name>packets</name><uuid>%s</uuid>
        <memory unit='MiB'>96</memory>%s<devices>%s</devices></domain>
        """
            .formatted(uuid, guest.os(SENDER), devices));
    connection.start(id);
  }

  private DeviceVerbs devices() {
    return verbs(DeviceVerbs.class);
  }

  /** Returns the last byte of the address that the next packet to arrive comes from. */
  private int next() throws Exception {
    long deadline = System.nanoTime() + TestGuest.BOOT_LIMIT.toNanos();
    while (uplink.await((deadline - System.nanoTime()) / 1_000_000)) {
      byte[] frame = uplink.poll().orElseThrow();
      boolean ipv4 = frame.length > 33 && frame[12] == 8 && frame[13] == 0;
      if (ipv4 && frame[26] == 10 && frame[33] == 9) {
        return frame[29];
      }
    }
    throw new AssertionError("the guest sends nothing");
  }

  /** Takes what arrived so far. */
  private void forgetArrived() throws Exception {
    Optional<byte[]> frame = uplink.poll();
    while (frame.isPresent()) {
      frame = uplink.poll();
    }
  }

  private void assertOnlyOwn() throws Exception {
    for (int i = 0; i < ENOUGH; i++) {
      assertEquals(OWN, next(), "the packet comes from the guest's own address");
    }
  }

  private void awaitForeign() throws Exception {
    while (next() != FOREIGN) {
      // Both pass.
    }
  }

  private Link port() throws VirtException {
    try (NetlinkLinks links = NetlinkLinks.open()) {
      return links.find(new PortId("guest7")).orElseThrow();
    }
  }

  @Test
  void passesNothingForeignFromACardThatIsPluggedIn() throws Exception {
    boot("");
    devices().attachDevice(card(FILTER), Affects.LIVE);
    assertOnlyOwn();
  }

  @Test
  void passesNothingForeignAfterItIsRestoredOrItsRuntimeHasGone() throws Exception {
    boot(card(FILTER));
    assertOnlyOwn();
    verbs(SaveVerbs.class).managedSave(Set.of());
    connection.start(id);
    assertEquals(Reason.RESTORED, connection.summary(id).status().reason());
    assertOnlyOwn();
    restartDriver();
    assertOnlyOwn();
  }

  @Test
  void passesNothingForeignFromACardThatMovesToAnotherBridge() throws Exception {
    Lab.ip("link add br1 up type bridge");
    try {
      boot(card(FILTER));
      assertOnlyOwn();
      devices().updateDevice(card(FILTER).replace("br0", "br1"), Affects.LIVE, Force.NO);
      forgetArrived();
      devices().updateDevice(card(FILTER), Affects.LIVE, Force.NO);
      assertOnlyOwn();
    } finally {
      Lab.ip("link delete br1");
    }
  }

  /** Returns a card that is on a device whose other end is in the lab's bridge. */
  private static String direct(String filter) throws VirtException {
    return card(filter).replace("'bridge'", "'direct'").replace("bridge='br0'", "dev='low7'");
  }

  private static void addDevice() throws VirtException {
    Lab.ip("link add low7 up type veth peer name wire7");
    Lab.ip("link set wire7 master br0 up");
  }

  @Test
  void passesNothingForeignThroughAMacvtap() throws Exception {
    addDevice();
    boot(direct(FILTER));
    assertOnlyOwn();
    restartDriver();
    assertOnlyOwn();
    devices().updateDevice(direct(""), Affects.LIVE, Force.NO);
    awaitForeign();
  }

  @Test
  void passesNothingForeignThroughAMacvtapThatIsPluggedIn() throws Exception {
    addDevice();
    boot("");
    devices().attachDevice(direct(FILTER), Affects.LIVE);
    assertOnlyOwn();
  }

  @Test
  void changesTheFilterOfACardThatSends() throws Exception {
    boot(card(""));
    awaitForeign();
    devices().updateDevice(card(FILTER), Affects.LIVE, Force.NO);
    forgetArrived();
    assertOnlyOwn();
    assertTrue(live().contains("<filterref filter='clean-traffic'>"), live());

    String other = card(FILTER.replace("10.0.0.1", "10.0.0.66"));
    devices().updateDevice(other, Affects.LIVE, Force.NO);
    forgetArrived();
    assertEquals(FOREIGN, next(), "the address is the guest's own now");
    restartDriver();
    assertEquals(FOREIGN, next());

    String unknown = card(FILTER.replace("clean-traffic", "nothing"));
    fails(ErrorCode.NO_NWFILTER, () -> devices().updateDevice(unknown, Affects.LIVE, Force.NO));
    forgetArrived();
    assertEquals(FOREIGN, next(), "as before");
    assertTrue(live().contains("value='10.0.0.66'"), live());

    devices().updateDevice(card(""), Affects.LIVE, Force.NO);
    while (next() != OWN) {
      // Both pass again.
    }
    assertFalse(live().contains("filterref"), live());
  }

  @Test
  void shutsAPortWhoseFirstRulesCannotBeMade() throws Exception {
    boot(card(""));
    awaitForeign();
    try (NetlinkLinks links = NetlinkLinks.open()) {
      FakeFilters broken = new FakeFilters(links);
      broken.fail();
      use(broken);
      VirtException e =
          assertThrows(
              VirtException.class,
              () -> devices().updateDevice(card(FILTER), Affects.LIVE, Force.NO));
      assertEquals(ErrorCode.BUILD_FIREWALL, e.code());
      assertTrue(e.getMessage().contains("guest7 is shut"), e.getMessage());
    }
    assertFalse(port().is(Link.Flag.UP), "the link is down");
    assertFalse(live().contains("filterref"), live());
    use(filters.manager());
    forgetArrived();
    devices().updateDevice(card(FILTER), Affects.LIVE, Force.NO);
    assertOnlyOwn();
  }
}
