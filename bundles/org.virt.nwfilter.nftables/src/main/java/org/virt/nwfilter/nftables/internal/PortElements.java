package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.spi.nwfilter.AddressBinding;

/** Elements of the tables' sets and maps that say something of one port. */
final class PortElements {
  /** Longer ones the kernel refuses to count. */
  private static final long MAX_MILLIS = Duration.ofDays(365 * 10L).toMillis();

  private final Map<String, List<Element>> elements = new LinkedHashMap<>();
  private final Code.Port port;
  private final int index;

  private PortElements(Code.Port port) {
    this.port = port;
    index = port.index();
  }

  /** Returns all that a port has, by set. */
  static Map<String, List<Element>> of(Code.Port port) {
    PortElements all = new PortElements(port);
    all.collect();
    return all.elements;
  }

  /** Returns the addresses that a port has, by set. */
  static Map<String, List<Element>> addressesOf(Code.Port port) {
    PortElements all = new PortElements(port);
    all.collectAddresses();
    return all.elements;
  }

  private void collectAddresses() {
    for (AddressBinding binding : port.addresses()) {
      addresses(binding, Lookups.of(port.rules()))
          .forEach((set, key) -> add(set, timed(key, binding)));
    }
  }

  private void collect() {
    MacAddress mac = port.label().port().mac();
    boolean direct = port.rules().isDirect();
    add(direct ? DirectLayout.MACS : Layout.MACS, mac(index, mac));
    add(direct ? DirectLayout.RAW_MACS : Layout.RAW_MACS, mac(index, mac));
    collectAddresses();
    byte[] key = HostOrder.bytes(index);
    if (port.next().isPresent()) {
      Code.Next next = port.next().get();
      enter(key, Layout.BEFORE_FROM, Layout.BEFORE_TO, port.rules(), port.label());
      enter(key, Layout.FROM_PORT, Layout.TO_PORT, next.rules(), next.label());
    } else if (direct) {
      enter(key, DirectLayout.FROM, DirectLayout.TO, port.rules(), port.label());
    } else {
      enter(key, Layout.FROM_PORT, Layout.TO_PORT, port.rules(), port.label());
    }
    Transport transport = port.rules().transport();
    for (Map.Entry<String, Code.Chain> entry : transport.entries().entrySet()) {
      boolean marked = TransportLayout.IP_FAMILIES.contains(entry.getValue().family());
      byte[] number = HostOrder.bytes(marked ? Marks.port(index) : index);
      add(entry.getKey(), new Element(number, Verdict.goTo(entry.getValue().name()), 0, 0, ""));
    }
    if (transport.isMarked()) {
      collectMarked(transport, mac);
    }
  }

  private void collectMarked(Transport transport, MacAddress mac) {
    int mark = Marks.pending(index, port.label().generation());
    marks(transport.fromTypes(), TransportLayout.MARK_FROM, TransportLayout.JUDGED_FROM, mark);
    marks(transport.toTypes(), TransportLayout.MARK_TO, TransportLayout.JUDGED_TO, mark);
    for (boolean ipv4 : new boolean[] {true, false}) {
      String macs = TransportLayout.named(TransportLayout.MARKED_MACS, ipv4);
      add(
          TransportLayout.named(TransportLayout.GENERATIONS, ipv4),
          new Element(HostOrder.bytes(mark)));
      add(macs, key(macs, HostOrder.bytes(Marks.port(index)), mac.bytes()));
    }
  }

  private void marks(Set<Integer> types, String marks, String judged, int mark) {
    for (int type : types) {
      byte[] ether = ByteBuffer.allocate(Short.BYTES).putShort((short) type).array();
      Element element = key(marks, HostOrder.bytes(index), ether);
      add(marks, new Element(element.key(), Verdict.NEXT, mark, 0, ""));
      add(judged, element);
    }
  }

  private void add(String set, Element element) {
    elements.computeIfAbsent(set, s -> new ArrayList<>()).add(element);
  }

  private void enter(byte[] key, String from, String to, Code.Rules rules, Label label) {
    String text = label.text();
    add(from, new Element(key, Verdict.goTo(rules.outgoing().get(0).name()), 0, 0, text));
    add(to, new Element(key, Verdict.goTo(rules.incoming().get(0).name()), 0, 0, text));
  }

  /** Returns the key of a port's MAC address. */
  static Element mac(int index, MacAddress mac) {
    return key(Layout.MACS, HostOrder.bytes(index), mac.bytes());
  }

  /**
   * Returns the keys of an address, by set.
   *
   * @param lookups where they are looked up
   */
  static Map<String, Element> addresses(AddressBinding binding, Lookups lookups) {
    byte[] address = binding.address().getAddress();
    boolean ipv4 = address.length == Integer.BYTES;
    int index = binding.port().index();
    Map<String, Element> keys = new LinkedHashMap<>();
    String plain = plain(ipv4, lookups == Lookups.DIRECT);
    keys.put(plain, key(plain, HostOrder.bytes(index), address));
    if (lookups == Lookups.FRAMES_AND_MARKS) {
      String set = TransportLayout.named(TransportLayout.MARKED_ADDRESSES, ipv4);
      keys.put(set, key(set, HostOrder.bytes(Marks.port(index)), address));
    }
    return keys;
  }

  private static String plain(boolean ipv4, boolean direct) {
    if (direct) {
      return ipv4 ? DirectLayout.ADDRESSES4 : DirectLayout.ADDRESSES6;
    }
    return ipv4 ? Layout.ADDRESSES4 : Layout.ADDRESSES6;
  }

  /** Returns an address with its end. */
  static Element timed(Element key, AddressBinding binding) {
    long millis =
        binding.lifetime().map(d -> Math.max(1, Math.min(MAX_MILLIS, d.toMillis()))).orElse(0L);
    return new Element(key.key(), Verdict.NEXT, 0, millis, "");
  }

  private static Element key(String set, byte[]... parts) {
    return new Element(TransportLayout.sets().get(set).key(parts));
  }
}
