package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.virt.api.MacAddress;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.PortRef;

/** Elements of the table's sets and maps that say something of one port. */
final class PortElements {
  /** Longer ones the kernel refuses to count. */
  private static final long MAX_MILLIS = Duration.ofDays(365 * 10L).toMillis();

  /** Each part of a concatenated key fills whole registers of four bytes. */
  private static final int PADDED_MAC = 8;

  private PortElements() {}

  /** Returns what leads to a port's chains, with its label. */
  static Element entry(Code.Port port, Code.Chain first) {
    return new Element(
        HostOrder.bytes(port.index()), Verdict.goTo(first.name()), 0, port.label().text());
  }

  /** Returns the key of a port in the maps. */
  static Element entry(int index) {
    return new Element(HostOrder.bytes(index));
  }

  /** Returns the MAC address that a port has. */
  static Element mac(PortRef port) {
    return mac(port.index(), port.mac());
  }

  static Element mac(int index, MacAddress mac) {
    return new Element(key(index, PADDED_MAC, mac.bytes()));
  }

  /** Returns an address without an end, as a key. */
  static Element address(AddressBinding binding) {
    byte[] address = binding.address().getAddress();
    return new Element(key(binding.port().index(), address.length, address));
  }

  /** Returns an address with its end. */
  static Element timed(AddressBinding binding) {
    long millis =
        binding.lifetime().map(d -> Math.max(1, Math.min(MAX_MILLIS, d.toMillis()))).orElse(0L);
    return new Element(address(binding).key(), Verdict.NEXT, millis, "");
  }

  /** Returns the set that an address belongs to. */
  static String set(AddressBinding binding) {
    return binding.address().getAddress().length == Integer.BYTES
        ? Layout.ADDRESSES4
        : Layout.ADDRESSES6;
  }

  private static byte[] key(int index, int length, byte[] value) {
    return ByteBuffer.allocate(Integer.BYTES + length)
        .order(ByteOrder.nativeOrder())
        .putInt(index)
        .put(value)
        .array();
  }
}
