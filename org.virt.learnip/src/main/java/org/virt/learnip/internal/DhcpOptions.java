package org.virt.learnip.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The options of a DHCP message that matter here (RFC 2132), from the options field and, when
 * option 52 says so, from {@code file} and {@code sname} (RFC 2131, section 4.1). An option that
 * stands twice makes the whole message unsound: RFC 3396 would join the two, other clients take one
 * of them, and what the guest does is not known.
 */
final class DhcpOptions {
  private static final int PAD = 0;
  private static final int END = 255;
  private static final int SUBNET_MASK = 1;
  private static final int ROUTER = 3;
  private static final int BROADCAST = 28;
  private static final int REQUESTED_ADDRESS = 50;
  private static final int LEASE_TIME = 51;
  private static final int OVERLOAD = 52;
  private static final int MESSAGE_TYPE = 53;
  private static final int SERVER_ID = 54;
  private static final int CLIENT_ID = 61;
  private static final int RAPID_COMMIT = 80;

  private static final int SNAME = 44;
  private static final int FILE = 108;
  private static final int COOKIE = 236;

  /** Where each option's value stands: its offset, or 0; option n at n. */
  private final int[] at = new int[END];

  private final int[] length = new int[END];
  private final byte[] bytes;

  private DhcpOptions(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads the options of a message of at least {@link DhcpMessage#MIN_LENGTH} bytes. */
  static Optional<DhcpOptions> parse(byte[] bytes, int message, int end) {
    DhcpOptions options = new DhcpOptions(bytes);
    boolean sound = options.read(message + DhcpMessage.MIN_LENGTH, end);
    int overload = sound && options.has(OVERLOAD, 1) ? Bytes.u8(bytes, options.at[OVERLOAD]) : 0;
    if (sound && (overload & 1) != 0) {
      sound = options.read(message + FILE, message + COOKIE);
    }
    if (sound && (overload & 2) != 0) {
      sound = options.read(message + SNAME, message + FILE);
    }
    return sound && options.lengthsAreRight() ? Optional.of(options) : Optional.empty();
  }

  private boolean read(int from, int end) {
    int position = from;
    while (position < end) {
      int code = Bytes.u8(bytes, position++);
      if (code == END) {
        return true;
      }
      if (code == PAD) {
        continue;
      }
      if (position >= end || Bytes.u8(bytes, position) > end - position - 1) {
        return false;
      }
      if (matters(code) && at[code] != 0) {
        return false;
      }
      length[code] = Bytes.u8(bytes, position++);
      at[code] = position;
      position += length[code];
    }
    return true;
  }

  private static boolean matters(int code) {
    return switch (code) {
      case ROUTER,
          REQUESTED_ADDRESS,
          LEASE_TIME,
          OVERLOAD,
          MESSAGE_TYPE,
          SERVER_ID,
          CLIENT_ID,
          RAPID_COMMIT ->
          true;
      default -> false;
    };
  }

  private boolean lengthsAreRight() {
    return length[ROUTER] % Integer.BYTES == 0
        && hasOrLacks(REQUESTED_ADDRESS, 4)
        && hasOrLacks(LEASE_TIME, 4)
        && hasOrLacks(OVERLOAD, 1)
        && hasOrLacks(MESSAGE_TYPE, 1)
        && hasOrLacks(SERVER_ID, 4)
        && hasOrLacks(RAPID_COMMIT, 0);
  }

  private boolean has(int code, int wanted) {
    return at[code] != 0 && length[code] == wanted;
  }

  private boolean hasOrLacks(int code, int wanted) {
    return at[code] == 0 || length[code] == wanted;
  }

  /** Returns option 53; nothing in a BOOTP message. */
  Optional<DhcpType> type() {
    return at[MESSAGE_TYPE] == 0
        ? Optional.empty()
        : DhcpType.of(Bytes.u8(bytes, at[MESSAGE_TYPE]));
  }

  /** Returns option 51 in seconds; {@link DhcpOptions#INFINITE} for no end. */
  OptionalLong lease() {
    return at[LEASE_TIME] == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Bytes.u32(bytes, at[LEASE_TIME]));
  }

  /** The lease that does not end (RFC 2131, section 3.3). */
  static final long INFINITE = 0xffffffffL;

  /** Returns option 54. */
  OptionalInt server() {
    return address(SERVER_ID);
  }

  /** Returns the addresses of option 3; none without it. */
  List<InetAddress> routers() {
    List<InetAddress> routers = new ArrayList<>();
    for (int i = 0; i < length[ROUTER]; i += Integer.BYTES) {
      routers.add(Ipv4.toAddress(Bytes.s32(bytes, at[ROUTER] + i)));
    }
    return routers;
  }

  /** Returns option 28. */
  OptionalInt broadcast() {
    return has(BROADCAST, 4) ? address(BROADCAST) : OptionalInt.empty();
  }

  /** Returns the length of the prefix that option 1 names; nothing for a mask with holes. */
  OptionalInt prefix() {
    int mask = has(SUBNET_MASK, 4) ? Bytes.s32(bytes, at[SUBNET_MASK]) : 0;
    int length = Integer.bitCount(mask);
    boolean whole = length > 0 && mask == -1 << Integer.SIZE - length;
    return whole ? OptionalInt.of(length) : OptionalInt.empty();
  }

  /** Returns option 50. */
  OptionalInt requested() {
    return address(REQUESTED_ADDRESS);
  }

  private OptionalInt address(int code) {
    return at[code] == 0 ? OptionalInt.empty() : OptionalInt.of(Bytes.s32(bytes, at[code]));
  }

  /** Says whether option 80 is there (RFC 4039). */
  boolean rapidCommit() {
    return at[RAPID_COMMIT] != 0;
  }

  /** Returns option 61; empty without one. */
  byte[] clientId() {
    return Arrays.copyOfRange(bytes, at[CLIENT_ID], at[CLIENT_ID] + length[CLIENT_ID]);
  }
}
