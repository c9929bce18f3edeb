package org.virt.driver.qemu.internal.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.cpu.CpuDefinitions;
import org.virt.driver.qemu.internal.guest.HostDefaults;

/** The QEMU programs of the host; each is asked once, and again when its file has changed. */
public final class QemuBinaries implements HostDefaults {
  /** What to do when there is none. */
  public static final String REMEDY = "apt-get install qemu-system-x86";

  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/usr/libexec"));

  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  private final CpuDefinitions cpus = new CpuDefinitions();

  private record Known(String stamp, QemuBinary binary) {}

  /** Finds the program for an architecture in libvirt's words. */
  public Optional<Path> find(String arch) {
    String name = "qemu-system-" + (arch.equals("i686") ? "i386" : arch);
    Stream<String> names =
        arch.equals(HostCpus.architecture()) ? Stream.of(name, "qemu-kvm") : Stream.of(name);
    return names
        .flatMap(program -> FOLDERS.stream().map(folder -> folder.resolve(program)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Returns what a program can do. */
  public QemuBinary ask(Path path) throws VirtException {
    String stamp = stamp(path);
    Known entry = known.get(path);
    if (entry == null || !entry.stamp().equals(stamp)) {
      entry = new Known(stamp, QemuBinary.ask(path));
      known.put(path, entry);
    }
    return entry.binary();
  }

  /** Returns what programs know of CPUs. */
  public CpuDefinitions cpus() {
    return cpus;
  }

  private static String stamp(Path path) throws VirtException {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return file.lastModifiedTime().toMillis() + " " + file.size();
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "there is no QEMU at " + path + "; " + REMEDY, e);
    }
  }

  @Override
  public String emulator(String arch) throws VirtException {
    return find(arch)
        .map(Path::toString)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "there is no QEMU for " + arch + " on this host; " + REMEDY));
  }

  @Override
  public String machine(String emulator, String machine) throws VirtException {
    return ask(Path.of(emulator)).exact(machine);
  }
}
