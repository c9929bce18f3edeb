package org.virt.learnip.internal;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.lang.reflect.Field;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Reads captured frames one by one ({@code pcap_next_ex(3PCAP)}): a call down costs a guest that
 * waits less than pcap4j's call back up. For one thread.
 */
final class FrameReader {
  private static final int FOUND = 1;
  private static final int TIMEOUT = 0;

  /** {@code PCAP_ERROR_BREAK}. */
  private static final int BROKEN_OFF = -2;

  /** Of {@code struct pcap_pkthdr}: the captured length follows the time. */
  private static final long CAPTURED = 2L * NativeLong.SIZE;

  private static final byte[] END = new byte[0];

  private final PcapHandle handle;
  private final Pointer capture;
  private final Memory header = new Memory(Native.POINTER_SIZE);
  private final Memory data = new Memory(Native.POINTER_SIZE);

  FrameReader(PcapHandle handle, Pointer capture, NativeLibrary pcap) {
    Calls.load(pcap);
    this.handle = handle;
    this.capture = capture;
  }

  /**
   * Finds libpcap's own handle of a capture, which pcap4j does not hand out.
   *
   * @throws IllegalStateException when this pcap4j keeps it elsewhere
   */
  static Pointer pointer(PcapHandle handle) {
    try {
      Field field = PcapHandle.class.getDeclaredField("handle");
      field.setAccessible(true);
      return (Pointer) field.get(handle);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("find the socket of a capture: pcap4j keeps no handle", e);
    }
  }

  /**
   * Waits for a frame; one without bytes means that the loop was broken off.
   *
   * @throws VirtException {@code READ_FAILED} when the capture broke
   */
  byte[] next() throws VirtException {
    while (true) {
      switch (Calls.pcap_next_ex(capture, header, data)) {
        case FOUND -> {
          return data.getPointer(0).getByteArray(0, header.getPointer(0).getInt(CAPTURED));
        }
        case TIMEOUT -> {}
        case BROKEN_OFF -> {
          return END;
        }
        default ->
            throw new VirtException(
                ErrorCode.READ_FAILED,
                "read packets on device " + PcapCapture.DEVICE + ": " + reason());
      }
    }
  }

  private String reason() {
    try {
      return handle.getError();
    } catch (NotOpenException e) {
      return "the capture is closed";
    }
  }

  /** Functions of libpcap. */
  private static final class Calls {
    private static boolean loaded;

    static synchronized void load(NativeLibrary pcap) {
      if (!loaded) {
        Native.register(Calls.class, pcap);
        loaded = true;
      }
    }

    static native int pcap_next_ex(Pointer capture, Pointer header, Pointer data);
  }
}
