package org.virt.test.host.lab;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.file.Path;

/** Calls of the C library that raw frames and namespaces need. */
final class Native {
  static final int AF_PACKET = 17;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int MSG_DONTWAIT = 0x40;
  static final int EAGAIN = 11;
  static final int EINTR = 4;
  static final int O_CLOEXEC = 0x80000;
  static final int O_NONBLOCK = 0x800;
  static final int O_RDWR = 2;

  private static final int CLONE_NEWNET = 0x40000000;

  static {
    com.sun.jna.Native.register(Native.class, "c");
  }

  private Native() {}

  static native int socket(int domain, int type, int protocol);

  static native int bind(int socket, Buffer address, int length);

  static native int setsockopt(int socket, int level, int name, Buffer value, int length);

  static native long send(int socket, Buffer data, long length, int flags);

  static native long recv(int socket, Buffer data, long length, int flags);

  static native int poll(Buffer entries, long count, int milliseconds);

  static native int close(int file);

  static native int sched_getaffinity(int thread, long bytes, Buffer mask);

  static native int sched_setaffinity(int thread, long bytes, Buffer mask);

  static native long read(int file, Buffer data, long length);

  static native long write(int file, Buffer data, long length);

  static native int open(String path, int flags);

  private static native int setns(int file, int type);

  static int errno() {
    return com.sun.jna.Native.getLastError();
  }

  static int check(int result, String action) throws IOException {
    if (result < 0) {
      throw new IOException(action + ": error number " + errno());
    }
    return result;
  }

  /** Something that is done in another namespace. */
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Does something while this thread is in a network namespace; what it opens there stays there.
   */
  static <T> T in(Path namespace, Work<T> work) throws IOException {
    int own = check(open("/proc/thread-self/ns/net", O_CLOEXEC), "open own namespace");
    int other = check(open(namespace.toString(), O_CLOEXEC), "open " + namespace);
    try {
      check(setns(other, CLONE_NEWNET), "enter " + namespace);
      try {
        return work.run();
      } finally {
        check(setns(own, CLONE_NEWNET), "return from " + namespace);
      }
    } finally {
      close(own);
      close(other);
    }
  }
}
