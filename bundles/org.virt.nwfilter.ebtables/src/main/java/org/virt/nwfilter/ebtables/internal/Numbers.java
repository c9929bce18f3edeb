package org.virt.nwfilter.ebtables.internal;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.virt.spi.nwfilter.Operand;

/** Ranges in words of tools that know none: as alternatives. */
final class Numbers {
  private Numbers() {}

  /** Returns the numbers from 0 to the largest that are not in the range, as ranges. */
  static List<Operand.Number> others(Operand.Number range, long largest) {
    List<Operand.Number> rest = new ArrayList<>(2);
    if (range.from() > 0) {
      rest.add(new Operand.Number(0, range.from() - 1));
    }
    if (range.to() < largest) {
      rest.add(new Operand.Number(range.to() + 1, largest));
    }
    return rest;
  }

  /** Returns the prefixes that together are the range. */
  static List<String> prefixes(Operand.NetRange range) {
    byte[] from = range.from().getAddress();
    List<String> prefixes = new ArrayList<>();
    addPrefixes(
        new BigInteger(1, from), new BigInteger(1, range.to().getAddress()), from.length, prefixes);
    return prefixes;
  }

  /** Returns the prefixes that together are all addresses but the range. */
  static List<String> otherPrefixes(Operand.NetRange range) {
    int bytes = range.from().getAddress().length;
    BigInteger last = BigInteger.ONE.shiftLeft(bytes * Byte.SIZE).subtract(BigInteger.ONE);
    List<String> prefixes = new ArrayList<>();
    BigInteger from = new BigInteger(1, range.from().getAddress());
    BigInteger to = new BigInteger(1, range.to().getAddress());
    addPrefixes(BigInteger.ZERO, from.subtract(BigInteger.ONE), bytes, prefixes);
    addPrefixes(to.add(BigInteger.ONE), last, bytes, prefixes);
    return prefixes;
  }

  private static void addPrefixes(BigInteger from, BigInteger to, int bytes, List<String> list) {
    int bits = bytes * Byte.SIZE;
    BigInteger next = from;
    while (next.compareTo(to) <= 0) {
      int free = next.signum() == 0 ? bits : Math.min(bits, next.getLowestSetBit());
      while (next.add(BigInteger.ONE.shiftLeft(free)).subtract(BigInteger.ONE).compareTo(to) > 0) {
        free--;
      }
      list.add(text(next, bytes) + "/" + (bits - free));
      next = next.add(BigInteger.ONE.shiftLeft(free));
    }
  }

  private static String text(BigInteger number, int bytes) {
    byte[] address = new byte[bytes];
    byte[] value = number.toByteArray();
    for (int i = 0; i < Math.min(bytes, value.length); i++) {
      address[bytes - 1 - i] = value[value.length - 1 - i];
    }
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
