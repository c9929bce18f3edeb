package org.virt.driver.qemu.internal.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.Buffer;

/** The calls of the C library that processes and terminals need; loaded on first use. */
final class Libc {
  static final int EINTR = 4;
  static final int EAGAIN = 11;

  static final int O_RDWR = 2;
  static final int O_NOCTTY = 0x100;
  static final int O_PATH = 0x200000;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int EFD_CLOEXEC = 0x80000;
  static final short POLLIN = 1;
  static final short POLLOUT = 4;
  static final int SIGKILL = 9;
  static final int AF_UNIX = 1;
  static final int SOCK_STREAM = 1;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SHUT_RDWR = 2;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int F_SETFL = 4;

  /** The same on every architecture: both came after the numbers were unified. */
  static final long SYS_PIDFD_SEND_SIGNAL = 424;

  static final long SYS_PIDFD_OPEN = 434;

  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  static native NativeLong syscall(
      NativeLong number, NativeLong first, NativeLong second, NativeLong third, NativeLong fourth);

  static native int poll(Buffer entries, NativeLong count, int milliseconds);

  static native int eventfd(int initial, int flags);

  static native int open(String path, int flags);

  static native NativeLong read(int file, Buffer data, NativeLong length);

  static native NativeLong write(int file, Buffer data, NativeLong length);

  static native int close(int file);

  static native int socket(int domain, int type, int protocol);

  static native int connect(int socket, Buffer address, int length);

  static native NativeLong sendmsg(int socket, Pointer message, int flags);

  static native NativeLong getxattr(String path, String name, Buffer value, NativeLong size);

  static native int setxattr(String path, String name, Buffer value, NativeLong size, int flags);

  static native int removexattr(String path, String name);

  static native int shutdown(int socket, int how);

  static native int fcntl(int file, int command, NativeLong argument);

  static native int sched_setaffinity(int thread, NativeLong size, Pointer cpus);

  static native int getpagesize();

  static native int statx(int folder, String path, int flags, int mask, Pointer answer);

  static native int sched_setscheduler(int thread, int policy, Pointer parameters);

  private static native String strerror(int errno);

  static long call(long number, long first, long second) {
    return syscall(
            new NativeLong(number),
            new NativeLong(first),
            new NativeLong(second),
            new NativeLong(0),
            new NativeLong(0))
        .longValue();
  }

  /** Returns the error number of this thread's last call that failed. */
  static int errno() {
    return Native.getLastError();
  }

  /** Returns the text of this thread's last error, as {@code strerror(3)} has it. */
  static String error() {
    int errno = errno();
    synchronized (Libc.class) { // strerror need not be safe for use by many threads
      return strerror(errno);
    }
  }
}
