package org.virt.learnip.internal;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** What a capture needs of the host. */
final class PcapLibrary {
  static final String PACKAGE_REMEDY = "apt-get install libpcap0.8";
  static final String RIGHT_REMEDY = "run as root or with the capability CAP_NET_RAW";

  /** pcap4j's own property: which library it loads. */
  static final String NAME_PROPERTY = "org.pcap4j.core.pcapLibName";

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE = "CapEff:";
  private static final int CAP_NET_RAW = 13;
  private static final int HEX = 16;

  private PcapLibrary() {}

  /**
   * Loads libpcap. It has to be there before the first use of pcap4j, which cannot be used again
   * after it failed once.
   *
   * @throws VirtException {@code OPEN_FAILED} when it is not there
   */
  static NativeLibrary load() throws VirtException {
    try {
      return NativeLibrary.getInstance(System.getProperty(NAME_PROPERTY, "pcap"));
    } catch (LinkageError e) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED, "capture packets: libpcap cannot be loaded; " + PACKAGE_REMEDY, e);
    }
  }

  /** Returns what the library says of its version. */
  static String version(NativeLibrary library) {
    return library.getFunction("pcap_lib_version").invokeString(new Object[0], false);
  }

  /** Says whether this process may capture; nothing when the kernel does not tell (proc(5)). */
  static Optional<Boolean> mayCapture() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(EFFECTIVE))
          .map(line -> line.substring(EFFECTIVE.length()).strip())
          .map(mask -> (Long.parseUnsignedLong(mask, HEX) >>> CAP_NET_RAW & 1) != 0)
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
