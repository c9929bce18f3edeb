package org.virt.common.netlink;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.virt.common.internal.Libc;

/**
 * Says why the kernel refused a request.
 *
 * @param errno the error number of errno(3)
 * @param sequence number of the request
 * @param detail the kernel's own words (NETLINK_EXT_ACK); empty when it gave none
 */
public record NetlinkError(int errno, int sequence, String detail) {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int EOPNOTSUPP = 95;

  /** Answers were lost: whether the request was carried out is not known. */
  public static final int ENOBUFS = 105;

  private static final int CAPPED = 0x100;
  private static final int TLVS = 0x200;
  private static final int ATTRIBUTE_MESSAGE = 1;

  /**
   * Reads an answer of type {@link NetlinkMessage#ERROR}; absent when it says that all went well.
   */
  static Optional<NetlinkError> of(NetlinkMessage message) {
    ByteBuffer payload = message.payload();
    if (payload.remaining() < Integer.BYTES) {
      return Optional.of(new NetlinkError(EINVAL, message.sequence(), "short answer"));
    }
    int errno = -payload.getInt(0);
    if (errno == 0) {
      return Optional.empty();
    }
    return Optional.of(new NetlinkError(errno, message.sequence(), detail(message)));
  }

  private static String detail(NetlinkMessage message) {
    ByteBuffer payload = message.payload();
    if ((message.flags() & TLVS) == 0
        || payload.remaining() < Integer.BYTES + NetlinkWriter.HEADER) {
      return "";
    }
    int request =
        (message.flags() & CAPPED) == 0 ? payload.getInt(Integer.BYTES) : NetlinkWriter.HEADER;
    if (request < NetlinkWriter.HEADER || request > payload.remaining()) {
      return "";
    }
    return message.attributes(Integer.BYTES + request).string(ATTRIBUTE_MESSAGE);
  }

  /** Returns a text for a person: {@code No such device}, or the kernel's own words before it. */
  public String text() {
    return detail.isEmpty() ? Libc.text(errno) : detail + " (" + Libc.text(errno) + ")";
  }
}
