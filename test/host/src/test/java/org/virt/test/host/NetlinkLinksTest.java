package org.virt.test.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.LinkAddress;
import org.virt.common.net.LinkListener;
import org.virt.common.net.LinkNotices;
import org.virt.common.net.NetlinkLinks;
import org.virt.common.net.TapRequest;
import org.virt.common.process.Command;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

@PrivateNetwork
class NetlinkLinksTest {
  private static final PortId VNET = new PortId("vnet%d");
  private static final int GROUP = 0x76697274;

  private NetlinkLinks links;

  @BeforeEach
  void open() throws VirtException {
    links = NetlinkLinks.open();
  }

  @AfterEach
  void cleanUp() throws VirtException {
    for (Link link : links.list()) {
      if (!link.name().name().equals("lo")) {
        links.delete(link.name());
      }
    }
    links.close();
  }

  private Link tap() throws VirtException {
    return links.createTap(new TapRequest(VNET, 0, Set.of(TapRequest.Feature.VNET_HDR)));
  }

  @Test
  void makesTapsWithFreeNames() throws VirtException {
    Link first = tap();
    Link second = tap();
    assertEquals("vnet0", first.name().name());
    assertEquals("vnet1", second.name().name());
    assertEquals("tun", first.kind());
    assertFalse(first.is(Link.Flag.UP));
    links.delete(first.name());
    assertEquals("vnet0", tap().name().name());
  }

  @Test
  void changesManyAtOnceAndNamesThoseThatAreGone() throws VirtException {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      indexes.add(tap().index());
    }
    int gone = indexes.get(150);
    links.delete(links.find(gone).orElseThrow().name());
    assertEquals(Set.of(gone), links.groupAll(indexes, GROUP).keySet());
    VirtException why = links.upAll(indexes).get(gone);
    assertEquals(ErrorCode.NO_INTERFACE, why.code());
    assertTrue(why.getMessage().contains("switch on interface " + gone), why.getMessage());
    indexes.remove((Integer) gone);
    for (int index : indexes) {
      Link link = links.find(index).orElseThrow();
      assertEquals(GROUP, link.group());
      assertTrue(link.is(Link.Flag.UP));
    }
    assertTrue(links.downAll(indexes).isEmpty());
    assertTrue(
        links.list().stream()
            .filter(link -> indexes.contains(link.index()))
            .noneMatch(link -> link.is(Link.Flag.UP)));
  }

  @Test
  void tellsWhatHasChangedSinceItWasAskedLast() throws Exception {
    List<String> heard = new ArrayList<>();
    LinkNotices.Listener listener = new Heard(heard);
    try (LinkNotices notices = LinkNotices.open()) {
      notices.tell(listener);
      assertEquals(List.of(), heard);
      Link tap = tap();
      notices.tell(listener);
      assertTrue(heard.contains("changed " + tap.name()), heard.toString());
      heard.clear();
      Lab.ip("addr add 192.0.2.1/24 dev " + tap.name());
      Lab.ip("addr add 198.51.100.1/25 dev " + tap.name());
      notices.tell(listener);
      assertTrue(heard.contains("addresses"), heard.toString());
      assertTrue(
          links
              .addresses()
              .containsAll(
                  List.of(
                      new LinkAddress(tap.index(), InetAddress.getByName("192.0.2.1"), 24),
                      new LinkAddress(tap.index(), InetAddress.getByName("198.51.100.1"), 25))));
      heard.clear();
      links.delete(tap.name());
      notices.tell(listener);
      assertTrue(heard.contains("removed " + tap.index()), heard.toString());
    }
    assertTrue(
        links.addresses().stream()
            .noneMatch(held -> held.address().getHostAddress().startsWith("192.0.2.")));
  }

  private record Heard(List<String> what) implements LinkNotices.Listener {
    @Override
    public void changed(Link link) {
      what.add("changed " + link.name());
    }

    @Override
    public void removed(int index) {
      what.add("removed " + index);
    }

    @Override
    public void addressesChanged() {
      what.add("addresses");
    }

    @Override
    public void lost() {
      what.add("lost");
    }
  }

  @Test
  void countsTheFramesThatAnInterfaceReceived() throws Exception {
    Lab.ip("link add v0 type veth peer name v1");
    Lab.ip("addr add 192.0.2.1/24 dev v1");
    int index = links.find(new PortId("v0")).orElseThrow().index();
    links.up(index);
    links.up(links.find(new PortId("v1")).orElseThrow().index());
    long before = links.received().get(index);
    // Nobody answers, but the question arrives.
    Command.of("ping", "-c", "1", "-W", "1", "192.0.2.2").run();
    assertTrue(links.received().get(index) > before);
  }

  @Test
  void makesATapForAUserWithItsFeatures() throws VirtException {
    PortId name = new PortId("tap-own");
    links.createTap(new TapRequest(name, 1234, Set.of(TapRequest.Feature.values())));
    String details = Lab.ip("tuntap list");
    assertTrue(details.contains("tap-own: tap multi_queue vnet_hdr persist user 1234"), details);
  }

  @Test
  void refusesATapWhoseNameIsTaken() throws VirtException {
    TapRequest request = new TapRequest(new PortId("tap0"), 0, Set.of());
    links.createTap(request);
    VirtException failure = assertThrows(VirtException.class, () -> links.createTap(request));
    assertTrue(failure.getMessage().startsWith("create tap tap0: "), failure.getMessage());
  }

  @Test
  void changesWhatItIsToldTo() throws VirtException {
    Lab.ip("link add br7 type bridge");
    int index = tap().index();
    MacAddress mac = MacAddress.parse("52:54:00:00:00:07");
    PortId bridge = new PortId("br7");
    links.mac(index, mac);
    links.mtu(index, 1400);
    links.group(index, GROUP);
    links.join(index, bridge);
    links.up(index);
    Link link = links.find(index).orElseThrow();
    assertEquals(mac, link.mac());
    assertEquals(1400, link.mtu());
    assertEquals(GROUP, link.group());
    assertEquals(links.find(bridge).orElseThrow().index(), link.master());
    assertTrue(link.is(Link.Flag.UP));
    links.down(index);
    links.leave(index);
    Link after = links.find(link.name()).orElseThrow();
    assertEquals(0, after.master());
    assertFalse(after.is(Link.Flag.UP));
  }

  @Test
  void saysWhatIsNotThere() throws VirtException {
    assertEquals(Optional.empty(), links.find(new PortId("nobody")));
    assertEquals(Optional.empty(), links.find(12345));
    links.delete(new PortId("nobody"));
    VirtException failure = assertThrows(VirtException.class, () -> links.up(12345));
    assertEquals(ErrorCode.NO_INTERFACE, failure.code());
    assertEquals("switch on interface 12345: No such device", failure.getMessage());
    int index = tap().index();
    VirtException noBridge =
        assertThrows(VirtException.class, () -> links.join(index, new PortId("br9")));
    assertEquals(ErrorCode.NO_INTERFACE, noBridge.code());
  }

  @Test
  void deletesForGoodWhileTheKernelStillCleansUp() throws Exception {
    Lab.ip("link add br7 type bridge");
    PortId name = new PortId("tap0");
    Set<Integer> indexes = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Link tap = links.createTap(new TapRequest(name, 0, Set.of()));
      links.join(tap.index(), new PortId("br7"));
      links.up(tap.index());
      links.delete(name);
      indexes.add(tap.index());
      assertEquals(Optional.empty(), links.find(name));
      assertFalse(Files.exists(Path.of("/proc/sys/net/ipv4/conf/tap0")));
      assertEquals("", Lab.ip("-brief link show master br7"));
    }
    assertEquals(20, indexes.size());
  }

  @Test
  void deletesManyAtOnce() throws Exception {
    List<Link> taps = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      taps.add(tap());
    }
    taps.parallelStream().forEach(this::delete);
    assertEquals(List.of("lo"), links.list().stream().map(link -> link.name().name()).toList());
  }

  private void delete(Link link) {
    try {
      links.delete(link.name());
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void saysWhyAnInterfaceStays() {
    VirtException failure = assertThrows(VirtException.class, () -> links.delete(new PortId("lo")));
    assertEquals(ErrorCode.SYSTEM_ERROR, failure.code());
    assertEquals("delete lo: Operation not supported", failure.getMessage());
  }

  @Test
  void quotesTheKernelsOwnWords() throws VirtException {
    int index = tap().index();
    VirtException failure = assertThrows(VirtException.class, () -> links.mtu(index, 1));
    assertTrue(failure.getMessage().contains("mtu less than device minimum"), failure.getMessage());
  }

  @Test
  void listsManyInterfaces() throws VirtException {
    StringBuilder batch = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      batch.append("link add many").append(i).append(" type bridge\n");
    }
    Command.of("ip", "-batch", "-").withInput(batch.toString()).require();
    assertEquals(
        60, links.list().stream().filter(link -> link.name().name().startsWith("many")).count());
  }

  @Test
  void hearsOfChangesAndRemovalsInTheirOrder() throws Exception {
    Lab.ip("link add br7 type bridge");
    Recorder recorder = new Recorder();
    try (Subscription watch = links.watch(recorder)) {
      Link tap = tap();
      recorder.expect("changed vnet0");
      links.join(tap.index(), new PortId("br7"));
      links.leave(tap.index());
      Lab.ip("link set vnet0 name vnet9");
      recorder.expect("changed vnet9");
      links.delete(new PortId("vnet9"));
      recorder.expect("removed " + tap.index() + " vnet9");
    }
    assertFalse(recorder.all.contains("removed 0 vnet0"));
    assertEquals(
        1,
        recorder.all.stream().filter(news -> news.startsWith("removed")).count(),
        recorder.all.toString());
  }

  @Test
  void endsItsThreadWhenClosed() throws Exception {
    Subscription watch = links.watch(new Recorder());
    assertEquals(1, watchers());
    watch.close();
    watch.close();
    Lab.await("the thread ends", () -> watchers() == 0);
  }

  @Test
  void asksForAResyncWhenNoticesAreLost() throws Exception {
    Recorder recorder = new Recorder();
    recorder.busy.acquire();
    int index = tap().index();
    links.up(index); // one that is down changes its group without a notice
    try (Subscription watch = links.watch(recorder)) {
      for (int i = 0; i < 30_000; i++) {
        links.group(index, i);
      }
      recorder.busy.release();
      recorder.expect("resync");
    }
  }

  private static long watchers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("virt-common-links"))
        .count();
  }

  private static final class Recorder implements LinkListener {
    final List<String> all = new CopyOnWriteArrayList<>();
    final Semaphore busy = new Semaphore(1);
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

    private void record(String text) {
      busy.acquireUninterruptibly();
      busy.release();
      all.add(text);
      news.add(text);
    }

    void expect(String text) throws InterruptedException {
      String next;
      do {
        next = news.poll(10, TimeUnit.SECONDS);
      } while (next != null && !next.equals(text));
      assertEquals(text, next);
    }

    @Override
    public void changed(Link link) {
      record("changed " + link.name());
    }

    @Override
    public void removed(int index, PortId name) {
      record("removed " + index + " " + name);
    }

    @Override
    public void resync() {
      record("resync");
    }
  }
}
