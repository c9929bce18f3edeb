package org.virt.driver.qemu.internal.host;

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
    if (!Files.exists(DEVICE)) {
      return Optional.of(
          "there is no /dev/kvm; switch virtualisation on in the firmware and run modprobe"
              + " kvm_intel or kvm_amd, or use type 'qemu'");
    }
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return Optional.of(
          "no access to /dev/kvm; add this user to the group kvm, or use type 'qemu'");
    }
    return Optional.empty();
  }

  /** Says whether the kernel can move the frames of virtio cards itself. */
  public static boolean hasVhost() {
    return Files.isReadable(VHOST) && Files.isWritable(VHOST);
  }
}
