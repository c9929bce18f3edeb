package org.virt.nwfilter.ebtables.internal;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.virt.spi.nwfilter.AddressBinding;

/**
 * An address that a port has until some time, as the gate keeps it: the set {@link #known} has it
 * for as long as the port's program has, {@link #valid} until its time is over.
 *
 * @param key index and address, in hexadecimal digits
 */
record Lease(String key) {
  private static final long MAX_MILLIS = Duration.ofDays(365 * 10L).toMillis();

  /** Length of a key with an IPv4 address. */
  static final int KEY_BYTES4 = 2 * Integer.BYTES;

  /** Length of a key with an IPv6 address. */
  static final int KEY_BYTES6 = 5 * Integer.BYTES;

  static Lease of(AddressBinding binding) {
    return of(binding.port().index(), binding.address());
  }

  private static Lease of(int index, InetAddress address) {
    byte[] ip = address.getAddress();
    byte[] key = Arrays.copyOf(Expression.host(index), Integer.BYTES + ip.length);
    System.arraycopy(ip, 0, key, Integer.BYTES, ip.length);
    return of(key);
  }

  static Lease of(byte[] key) {
    return new Lease(HexFormat.of().formatHex(key));
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(key);
  }

  private boolean ipv4() {
    return key.length() == 2 * KEY_BYTES4;
  }

  /** Returns the name of the set of all of its kind. */
  String known() {
    return ipv4() ? GateLayout.LEASES4 : GateLayout.LEASES6;
  }

  /** Returns the name of the set of those whose time is not over. */
  String valid() {
    return ipv4() ? GateLayout.VALID4 : GateLayout.VALID6;
  }

  /** Returns the index of its port. */
  int index() {
    return ByteBuffer.wrap(bytes()).order(ByteOrder.nativeOrder()).getInt();
  }

  /** Returns a time as the kernel counts it; longer ones it refuses. */
  static long millis(Duration left) {
    return Math.max(1, Math.min(MAX_MILLIS, left.toMillis()));
  }
}
