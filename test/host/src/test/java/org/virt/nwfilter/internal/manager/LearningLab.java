package org.virt.nwfilter.internal.manager;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.api.MacAddress;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.learnip.internal.PcapCheck;
import org.virt.learnip.internal.PcapLearner;
import org.virt.nwfilter.ebtables.internal.EbtablesTechnique;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;
import org.virt.test.host.DhcpFrames;
import org.virt.test.host.NeighborFrames;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;
import org.virt.test.host.lab.PrivateNetwork;

/** Manager, learner and the kernel's rules together, once with each technique; two guests. */
@PrivateNetwork
@ParameterizedClass
@EnumSource
abstract class LearningLab {
  static final String GATEWAY = "192.0.2.1";
  static final String ADDRESS = "192.0.2.9";
  static final String FOREIGN = "192.0.2.66";
  static final String ADDRESS6 = "2001:db8::9";
  static final String FOREIGN6 = "2001:db8::66";
  static final MacAddress NONE = new MacAddress(0);
  static final int XID = 7;

  /** A filter of IPv6 addresses alone. */
  static final String ONLY6 =
      """
      <filter name='only6'>
        <rule action='accept' direction='out'><ipv6 srcipaddr='$IPV6'/></rule>
        <rule action='drop' direction='out'><mac/></rule>
      </filter>
      """;

  /** The filter techniques. */
  enum Rules {
    NFTABLES,
    EBTABLES
  }

  @Parameter Rules rules;

  private PcapLearner learner;
  final List<String> events = new CopyOnWriteArrayList<>();
  @TempDir private Path home;
  private FilterTechnique technique;
  private boolean ended;
  NetworkFilterManager manager;
  Lab lab;
  Endpoint guest;
  Endpoint other;

  @BeforeEach
  void open() throws Exception {
    for (Finding finding : new PcapCheck().check()) {
      assumeTrue(finding.result() == Result.PASS, () -> finding.what() + ": " + finding.remedy());
    }
    technique = rules == Rules.NFTABLES ? new NftablesTechnique() : new EbtablesTechnique();
    assumeTrue(technique.probe().usable(), rules + " cannot be used");
    lab = Lab.open();
    guest = lab.plug("vnet0");
    other = lab.plug("vnet1");
    beginRuntime();
  }

  private void beginRuntime() throws Exception {
    learner = new PcapLearner();
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, rules.name()));
    manager.setLearner(learner);
    manager.subscribe(
        new FilterListener() {
          @Override
          public void addressEvent(AddressEvent event) {
            events.add(
                event.kind()
                    + " "
                    + event.address().port()
                    + " "
                    + event.address().address().getHostAddress());
          }
        });
  }

  @AfterEach
  void close() throws Exception {
    if (manager != null && !ended) {
      // The rules of ebtables go by names, which the next test's ports have again.
      for (FilterBinding binding : manager.bindings()) {
        manager.unbind(binding.port());
      }
      endRuntime();
    }
    if (technique instanceof NftablesTechnique nftables) {
      nftables.close();
    } else if (technique instanceof EbtablesTechnique ebtables) {
      ebtables.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  /** Ends manager and learner; rules stay. */
  void endRuntime() {
    manager.stop();
    learner.deactivate();
    ended = true;
  }

  /** Begins again what was ended. */
  void comesBack() throws Exception {
    beginRuntime();
    ended = false;
  }

  /** Ends manager and learner, and begins as after a boot of the host. */
  void bootsTheHost() throws Exception {
    endRuntime();
    Files.writeString(home.resolve("nwfilter-binding/boot"), "another boot\n");
    comesBack();
  }

  /** Returns the interface group of the technique's ports. */
  int group() {
    return technique.group();
  }

  void bind(Endpoint endpoint, String filter, String... parameters) throws VirtException {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      values.put(parameters[i], List.of(parameters[i + 1]));
    }
    manager.bind(binding(endpoint, new FilterReference(filter, values)));
  }

  /** Returns the binding of a guest, which is the card of a machine of its own. */
  static FilterBinding binding(Endpoint endpoint, FilterReference filter) {
    UUID machine = UUID.nameUUIDFromBytes(endpoint.mac().toString().getBytes(US_ASCII));
    return new FilterBinding(
        new FilterBinding.Owner("vm", machine),
        endpoint.id(),
        Optional.empty(),
        endpoint.mac(),
        filter);
  }

  /** Has a guest filtered that learns by a mode. */
  void learns(Endpoint endpoint, String mode) throws VirtException {
    bind(endpoint, "clean-traffic", "CTRL_IP_LEARNING", mode);
  }

  Learning learning(Endpoint endpoint) {
    return manager.status().stream()
        .filter(status -> status.port().equals(endpoint.id()))
        .findFirst()
        .orElseThrow()
        .learning();
  }

  void awaitBound(Endpoint endpoint) {
    Lab.await(
        endpoint.id() + " is bound, not " + events, () -> learning(endpoint) == Learning.BOUND);
  }

  void awaitEvent(String event) {
    Lab.await(event + " happens, not " + events, () -> events.contains(event));
  }

  // --- what guests and servers send -------------------------------------------------------------

  static byte[] announcement(Endpoint from, String address) {
    return Frames.arp(1, from.mac(), address, NONE, address);
  }

  static byte[] packet(Endpoint from, String address) {
    return Frames.udp(from.mac(), Frames.BROADCAST, address, GATEWAY);
  }

  static byte[] packet6(Endpoint from, String address) {
    return NeighborFrames.echo(from.mac(), address, "2001:db8::1");
  }

  void requests(int transaction) throws IOException {
    guest.send(DhcpFrames.fromClient(guest.mac(), DhcpFrames.REQUEST, transaction, ADDRESS));
  }

  /** A server's message to the first guest that would give it an address. */
  DhcpFrames.Message answer(int type, int transaction, String given) {
    return DhcpFrames.message(2, guest.mac(), type, transaction)
        .address(16, given)
        .lease(3600)
        .option(54, GATEWAY);
  }

  /** The same for an address that is not to be believed. */
  byte[] forged(Endpoint sender) {
    return answer(DhcpFrames.ACK, XID, FOREIGN).fromServer(sender.mac(), GATEWAY);
  }

  /** The first guest asks the network's server, which gives it its address. */
  void leases(int transaction, int seconds) throws IOException {
    requests(transaction);
    acknowledges(transaction, seconds);
  }

  /** The first guest asks for a lease in mode dhcp, beside another filtered one. */
  void begin() throws Exception {
    learns(guest, "dhcp");
    bind(other, "allow-arp");
    requests(XID);
  }

  /** The network's server sends a frame. */
  void server(byte[] frame) throws Exception {
    lab.uplink().send(frame);
  }

  byte[] fromServer(DhcpFrames.Message message) {
    return message.fromServer(lab.uplink().mac(), GATEWAY);
  }

  void acknowledges(int transaction, int seconds) throws IOException {
    MacAddress server = lab.uplink().mac();
    lab.uplink()
        .send(
            DhcpFrames.fromServer(
                server, guest.mac(), DhcpFrames.ACK, transaction, ADDRESS, seconds));
  }

  // --- what is so after it ----------------------------------------------------------------------

  /** The server's answer is believed, that alone, and decides what passes. */
  void onlyTheServersAnswerCounts() throws Exception {
    acknowledges(XID, 3600);
    awaitBound(guest);
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(List.of("LEARNED vnet0 " + ADDRESS), List.copyOf(events));
    onlyItsAddressPasses();
  }

  /** Honest packets pass, and no other. */
  void onlyItsAddressPasses() throws IOException {
    assertTrue(lab.leaves(guest, packet(guest, ADDRESS)), "honest packet");
    assertTrue(lab.leaves(guest, announcement(guest, ADDRESS)), "honest announcement");
    assertFalse(lab.leaves(guest, packet(guest, FOREIGN)), "foreign packet");
    assertFalse(lab.leaves(guest, announcement(guest, FOREIGN)), "foreign announcement");
  }

  /** A guest of mode any that has sent nothing true yet learns its address, and no other. */
  void onlyAnHonestClaimCounts() throws Exception {
    guest.send(announcement(guest, ADDRESS));
    awaitBound(guest);
    awaitEvent("LEARNED vnet0 " + ADDRESS);
    assertEquals(1, events.stream().filter(event -> event.startsWith("LEARNED vnet0")).count());
    onlyItsAddressPasses();
  }

  boolean leaves(Endpoint from, byte[] frame) {
    try {
      return lab.leaves(from, frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
