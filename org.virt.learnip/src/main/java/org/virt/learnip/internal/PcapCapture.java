package org.virt.learnip.internal;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.packet.namednumber.DataLinkType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** A capture of the device {@code any} by libpcap (pcap-linktype(7), pcap_create(3PCAP)). */
final class PcapCapture implements Capture {
  /** A whole frame of an Ethernet with an MTU of 1500; DHCP messages that are cut are not read. */
  static final int SNAP_LENGTH = 1600;

  /**
   * Room for about 3600 frames: what a guest that floods sends until it is taken out of the filter,
   * beside a thousand ports that speak at once.
   */
  static final int BUFFER = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(PcapCapture.class);
  static final String DEVICE = "any";
  private static final int LINUX_SLL2 = 276;

  private final PcapHandle handle;
  private final FilterSocket socket;
  private final FrameReader reader;
  private final Object lock = new Object();
  private boolean closed;
  private boolean saidRefused;

  private PcapCapture(PcapHandle handle, FilterSocket socket, FrameReader reader) {
    this.handle = handle;
    this.socket = socket;
    this.reader = reader;
  }

  /**
   * Opens a capture of the network namespace that this process is in.
   *
   * @throws VirtException {@code OPEN_FAILED} when libpcap or the right to use it is missing
   */
  static Capture open() throws VirtException {
    NativeLibrary pcap = PcapLibrary.load();
    PcapHandle handle = null;
    try {
      // In immediate mode a frame is there at once; the time limit counts for nothing then.
      handle =
          new PcapHandle.Builder(DEVICE)
              .snaplen(SNAP_LENGTH)
              .bufferSize(BUFFER)
              .immediateMode(true)
              .build();
      handle.setDlt(DataLinkType.getInstance(LINUX_SLL2));
      Pointer pointer = FrameReader.pointer(handle);
      return new PcapCapture(
          handle, FilterSocket.of(pointer, pcap), new FrameReader(handle, pointer, pcap));
    } catch (PcapNativeException | NotOpenException | LinkageError | IllegalStateException e) {
      if (handle != null) {
        handle.close();
      }
      throw new VirtException(ErrorCode.OPEN_FAILED, openMessage(pcap, e), e);
    }
  }

  private static String openMessage(NativeLibrary pcap, Throwable cause) {
    boolean right = PcapLibrary.mayCapture().orElse(true);
    String remedy =
        right
            ? "it takes libpcap 1.10, here is " + PcapLibrary.version(pcap)
            : PcapLibrary.RIGHT_REMEDY;
    return "capture packets on device " + DEVICE + ": " + cause.getMessage() + "; " + remedy;
  }

  @Override
  public void watch(List<Watch> watches) throws VirtException {
    filter(() -> attach(watches));
  }

  @Override
  public void watchAll() throws VirtException {
    filter(() -> socket.attach(CaptureFilter.ofAnyInterface(SNAP_LENGTH)));
  }

  private void filter(Runnable attach) throws VirtException {
    synchronized (lock) {
      // A closed socket's number may be another file's by now.
      if (closed) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED, "filter packets: the capture has ended");
      }
      try {
        attach.run();
      } catch (LastErrorException e) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "filter packets on device " + DEVICE + ": " + e.getMessage(),
            e);
      }
    }
  }

  private void attach(List<Watch> watches) {
    try {
      socket.attach(CaptureFilter.of(watches, SNAP_LENGTH));
    } catch (LastErrorException e) {
      // Kernels before 6.9 give a socket 20 KiB for such (net.core.optmem_max).
      if (!saidRefused) {
        saidRefused = true;
        LOG.warn(
            "the filter of {} ports was refused, all ARP and IPv4 is read instead: {}; "
                + "sysctl net.core.optmem_max=131072",
            watches.size(),
            e.getMessage());
      }
      socket.attach(CaptureFilter.ofAnyInterface(SNAP_LENGTH));
    }
  }

  @Override
  public void run(Frames frames) throws VirtException {
    Urgency.ofThisThread();
    for (byte[] frame = reader.next(); frame.length > 0; frame = reader.next()) {
      if (frames.take(frame) && !socket.hasMore()) {
        frames.pause();
      }
    }
    LOG.debug("capture ended");
  }

  @Override
  public void stop() {
    try {
      handle.breakLoop();
    } catch (NotOpenException e) {
      LOG.debug("capture had ended already");
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    handle.close();
  }
}
