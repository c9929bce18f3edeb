package org.virt.learnip.internal;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;

/**
 * The socket of a capture: attaches a filter of our own to it. {@code pcap_setfilter} takes only
 * what libpcap compiled and drops the frames that arrive while it replaces a filter; {@code
 * SO_ATTACH_FILTER} replaces it in one step (socket(7)).
 */
final class FilterSocket {
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int INSTRUCTION = 8;
  private static final short POLLIN = 1;

  private final Function setsockopt =
      NativeLibrary.getInstance("c").getFunction("setsockopt", Function.THROW_LAST_ERROR);
  private final int socket;

  /** A {@code struct pollfd}, poll(2); of the thread that reads the capture. */
  private final Memory entry = new Memory(8);

  private FilterSocket(int socket) {
    Calls.load();
    this.socket = socket;
    entry.setInt(0, socket);
    entry.setShort(4, POLLIN);
  }

  /** Finds the socket of a capture. */
  static FilterSocket of(Pointer capture, NativeLibrary pcap) {
    return new FilterSocket(pcap.getFunction("pcap_fileno").invokeInt(new Object[] {capture}));
  }

  /**
   * Replaces the filter.
   *
   * @throws LastErrorException when the kernel does not take it; the old one is still there
   */
  void attach(List<BpfInstruction> program) {
    try (Memory instructions = new Memory((long) program.size() * INSTRUCTION);
        Memory head = new Memory(2L * Native.POINTER_SIZE)) {
      byte[] bytes = BpfInstruction.encode(program);
      instructions.write(0, bytes, 0, bytes.length);
      head.clear();
      head.setShort(0, (short) program.size());
      head.setPointer(Native.POINTER_SIZE, instructions);
      setsockopt.invokeInt(
          new Object[] {socket, SOL_SOCKET, SO_ATTACH_FILTER, head, (int) head.size()});
    }
  }

  /** Says whether a frame is there that has not been read. */
  boolean hasMore() {
    return Calls.poll(entry, 1, 0) > 0;
  }

  /** Functions of the C library. */
  private static final class Calls {
    private static boolean loaded;

    static synchronized void load() {
      if (!loaded) {
        Native.register(Calls.class, NativeLibrary.getInstance("c"));
        loaded = true;
      }
    }

    static native int poll(Pointer entries, long count, int milliseconds);
  }
}
