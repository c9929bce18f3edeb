package org.virt.driver.qemu.internal.host;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Hardware acceleration and what else of {@code /dev} machines use. */
public final class Kvm {
  static final Path DEVICE = Path.of("/dev/kvm");
  static final Path VHOST = Path.of("/dev/vhost-net");
  static final Path TUN = Path.of("/dev/net/tun");

  private Kvm() {}

  /** Says why machines of type {@code kvm} cannot run, with the remedy; empty when they can. */
  public static Optional<String> obstacle() {
    return obstacle(DEVICE);
  }

  static Optional<String> obstacle(Path device) {
    if (!Files.exists(device)) {
      return Optional.of(
          "there is no /dev/kvm; switch virtualisation on in the firmware and run modprobe"
              + " kvm_intel or kvm_amd, or use type 'qemu'");
    }
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      return Optional.of(
          "no access to /dev/kvm; add this user to the group kvm, or use type 'qemu'");
    }
    // The node may be there without the module, or be something else.
    if (Files.isRegularFile(device)) {
      return Optional.of("/dev/kvm is no device; make it anew, or use type 'qemu'");
    }
    try (FileChannel opened = FileChannel.open(device, READ, WRITE)) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "/dev/kvm cannot be opened ("
              + e.getMessage()
              + "); load the module, or use type 'qemu'");
    }
  }

  /** Says whether the kernel can move the frames of virtio cards itself. */
  public static boolean hasVhost() {
    return Files.isReadable(VHOST) && Files.isWritable(VHOST);
  }
}
