package org.virt.learnip.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.learnip.internal.Dhcp6Message.Lease;

/**
 * The options of a DHCPv6 message that matter here (RFC 8415, section 21). An option that may stand
 * once and stands twice, or that runs past what it is in, makes the whole message unsound.
 */
final class Dhcp6Options {
  /** How many addresses of a message are read; one with more is not read at all. */
  static final int MOST_ADDRESSES = 64;

  private static final int CLIENT_ID = 1;
  private static final int SERVER_ID = 2;
  private static final int IA_NA = 3;
  private static final int IA_TA = 4;
  private static final int IA_ADDRESS = 5;
  private static final int STATUS = 13;
  private static final int RAPID_COMMIT = 14;

  private static final int OPTION_HEADER = 4;
  private static final int MOST_DUID = 130;
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final byte[] bytes;
  private final List<Lease> leases = new ArrayList<>();
  private ByteBuffer client = NONE;
  private ByteBuffer server = NONE;
  private boolean rapidCommit;
  private int status;

  private Dhcp6Options(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads {@code bytes[from, end)}; the bounds are those of the captured bytes or narrower. */
  static Optional<Dhcp6Options> parse(byte[] bytes, int from, int end) {
    Dhcp6Options options = new Dhcp6Options(bytes);
    return each(bytes, from, end, options::message) ? Optional.of(options) : Optional.empty();
  }

  ByteBuffer client() {
    return client;
  }

  ByteBuffer server() {
    return server;
  }

  boolean rapidCommit() {
    return rapidCommit;
  }

  int status() {
    return status;
  }

  List<Lease> leases() {
    return List.copyOf(leases);
  }

  /** Takes an option's value; says whether it is sound. */
  private interface Reader {
    boolean read(int code, int from, int end);
  }

  private static boolean each(byte[] bytes, int from, int end, Reader reader) {
    int at = from;
    while (at < end) {
      if (end - at < OPTION_HEADER) {
        return false;
      }
      int length = Bytes.u16(bytes, at + 2);
      if (length > end - at - OPTION_HEADER) {
        return false;
      }
      int value = at + OPTION_HEADER;
      if (!reader.read(Bytes.u16(bytes, at), value, value + length)) {
        return false;
      }
      at = value + length;
    }
    return true;
  }

  private boolean message(int code, int from, int end) {
    int length = end - from;
    switch (code) {
      case CLIENT_ID -> {
        boolean first = !client.hasRemaining() && length > 0 && length <= MOST_DUID;
        client = ByteBuffer.wrap(bytes, from, length).slice();
        return first;
      }
      case SERVER_ID -> {
        boolean first = !server.hasRemaining() && length > 0 && length <= MOST_DUID;
        server = ByteBuffer.wrap(bytes, from, length).slice();
        return first;
      }
      case STATUS -> {
        status = length < 2 ? 0 : Bytes.u16(bytes, from);
        return length >= 2;
      }
      case RAPID_COMMIT -> {
        rapidCommit = true;
        return length == 0;
      }
      case IA_NA -> {
        return association(code, from, from + 12, end);
      }
      case IA_TA -> {
        return association(code, from, from + 4, end);
      }
      default -> {
        return true;
      }
    }
  }

  /** Reads an identity association; its status is that of its addresses which have none. */
  private boolean association(int code, int from, int options, int end) {
    if (options > end) {
      return false;
    }
    long association = (long) code << 32 | Bytes.u32(bytes, from);
    int before = leases.size();
    int[] whole = {0};
    boolean sound =
        each(
            bytes,
            options,
            end,
            (inner, value, valueEnd) -> {
              if (inner == STATUS) {
                whole[0] = valueEnd - value < 2 ? 0 : Bytes.u16(bytes, value);
                return valueEnd - value >= 2;
              }
              return inner != IA_ADDRESS || address(association, value, valueEnd);
            });
    if (sound && whole[0] != 0) {
      leases
          .subList(before, leases.size())
          .replaceAll(
              lease ->
                  lease.status() != 0
                      ? lease
                      : new Lease(association, lease.address(), lease.lifetime(), whole[0]));
    }
    return sound;
  }

  private boolean address(long association, int from, int end) {
    int options = from + Ipv6.LENGTH + 8;
    if (options > end || leases.size() == MOST_ADDRESSES) {
      return false;
    }
    int[] own = {0};
    boolean sound =
        each(
            bytes,
            options,
            end,
            (inner, value, valueEnd) -> {
              if (inner == STATUS) {
                own[0] = valueEnd - value < 2 ? 0 : Bytes.u16(bytes, value);
                return valueEnd - value >= 2;
              }
              return true;
            });
    long lifetime = Bytes.u32(bytes, from + Ipv6.LENGTH + 4);
    leases.add(new Lease(association, Ipv6.toAddress(bytes, from), lifetime, own[0]));
    return sound;
  }
}
