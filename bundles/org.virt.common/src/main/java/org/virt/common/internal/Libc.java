package org.virt.common.internal;

import com.sun.jna.Native;
import java.nio.Buffer;

/**
 * The few calls of the C library that sockets and taps need; loaded on first use. Buffers are
 * direct ones, and what is handed over begins at their position. {@code long} stands for the C
 * types of that size on 64-bit Linux.
 */
public final class Libc {
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int ENODEV = 19;
  public static final int ENOBUFS = 105;

  public static final int AF_NETLINK = 16;
  public static final int SOCK_RAW = 3;
  public static final int SOCK_CLOEXEC = 0x80000;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int O_RDWR = 2;
  public static final int O_CLOEXEC = 0x80000;
  public static final int EFD_CLOEXEC = 0x80000;
  public static final int POLLIN = 1;

  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  public static native int socket(int domain, int type, int protocol);

  public static native int bind(int socket, Buffer address, int length);

  public static native int getsockname(int socket, Buffer address, Buffer length);

  public static native int setsockopt(int socket, int level, int name, Buffer value, int length);

  public static native long sendto(
      int socket, Buffer data, long length, int flags, Buffer address, int addressLength);

  public static native long recvfrom(
      int socket, Buffer data, long length, int flags, Buffer address, Buffer addressLength);

  public static native int poll(Buffer entries, long count, int milliseconds);

  public static native int eventfd(int initial, int flags);

  public static native long write(int file, Buffer data, long length);

  public static native int open(String path, int flags);

  public static native int ioctl(int file, long request, Buffer argument);

  public static native int ioctl(int file, long request, long argument);

  public static native int close(int file);

  private static native String strerror(int errno);

  /** Returns the error number of this thread's last call that failed. */
  public static int errno() {
    return Native.getLastError();
  }

  /** Returns the text of an error number, as {@code strerror(3)} has it. */
  public static String text(int errno) {
    synchronized (Libc.class) { // strerror need not be safe for use by many threads
      return strerror(errno);
    }
  }
}
