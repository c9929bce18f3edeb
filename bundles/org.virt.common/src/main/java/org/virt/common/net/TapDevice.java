package org.virt.common.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.internal.Libc;

/** Makes taps through {@code /dev/net/tun}; numbers of linux/if_tun.h. */
final class TapDevice {
  private static final String DEVICE = "/dev/net/tun";
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETPERSIST = 0x400454cbL;
  private static final long TUNSETOWNER = 0x400454ccL;
  private static final int IFF_TAP = 0x2;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_TUN_EXCL = 0x8000;
  private static final int REQUEST_BYTES = 40;
  private static final int NAME_BYTES = 16;

  private TapDevice() {}

  static PortId create(TapRequest request) throws VirtException {
    String action = "create tap " + request.name();
    int device = Libc.open(DEVICE, Libc.O_RDWR | Libc.O_CLOEXEC);
    if (device < 0) {
      throw failure(action + ": open " + DEVICE);
    }
    try {
      ByteBuffer interfaceRequest = interfaceRequest(request);
      control(device, TUNSETIFF, interfaceRequest, action);
      // Until it is persistent the interface goes away with the file.
      control(device, TUNSETOWNER, request.uid(), action + ": owner " + request.uid());
      control(device, TUNSETPERSIST, 1, action + ": keep it");
      return new PortId(name(interfaceRequest));
    } finally {
      Libc.close(device);
    }
  }

  private static ByteBuffer interfaceRequest(TapRequest request) {
    int flags = IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL;
    for (TapRequest.Feature feature : request.features()) {
      flags |= feature.bit;
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(REQUEST_BYTES).order(ByteOrder.nativeOrder());
    buffer.put(0, request.name().name().getBytes(StandardCharsets.US_ASCII));
    buffer.putShort(NAME_BYTES, (short) flags);
    return buffer;
  }

  private static String name(ByteBuffer interfaceRequest) {
    byte[] bytes = new byte[NAME_BYTES];
    interfaceRequest.get(0, bytes);
    return new String(bytes, StandardCharsets.US_ASCII).replaceFirst("\0.*", "");
  }

  private static void control(int device, long request, ByteBuffer argument, String action)
      throws VirtException {
    while (Libc.ioctl(device, request, argument) < 0) {
      if (Libc.errno() != Libc.EINTR) {
        throw failure(action);
      }
    }
  }

  private static void control(int device, long request, int argument, String action)
      throws VirtException {
    while (Libc.ioctl(device, request, argument) < 0) {
      if (Libc.errno() != Libc.EINTR) {
        throw failure(action);
      }
    }
  }

  private static VirtException failure(String action) {
    return new VirtException(ErrorCode.SYSTEM_ERROR, action + ": " + Libc.text(Libc.errno()));
  }
}
