package org.virt.core.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;

/**
 * Keeps state in files that only their owner reads, and that are old or new as a whole after a
 * crash.
 */
@Component
public final class FileStateDirectory implements StateDirectory {
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER = mode("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> FILE = mode("rw-------");

  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final String UNFINISHED = ".new";

  private final Instant started = Instant.now();
  private final Set<Path> swept = ConcurrentHashMap.newKeySet();
  private final Path home;
  private final Optional<Path> configuration;

  @Activate
  public FileStateDirectory(BundleContext context) {
    this(
        Path.of(configured(context)),
        Optional.ofNullable(context.getProperty(CONFIGURATION)).map(Path::of));
  }

  FileStateDirectory(Path home, Optional<Path> configuration) {
    this.home = home.toAbsolutePath().normalize();
    this.configuration = configuration.map(folder -> folder.toAbsolutePath().normalize());
  }

  @Override
  public Path home() {
    return home;
  }

  @Override
  public Path configuration() {
    return configuration.orElseGet(StateDirectory.super::configuration);
  }

  @Override
  public Path area(String area) throws VirtException {
    Path folder = home.resolve(area).normalize();
    if (!folder.startsWith(home)) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "make folder " + folder + ": it is outside of " + home);
    }
    try {
      Files.createDirectories(folder, FOLDER);
      if (swept.add(folder)) {
        sweep(folder);
      }
      return folder;
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "make folder " + folder + ": " + reason(e), e);
    }
  }

  /** Removes what was being written when an earlier runtime was killed. */
  private void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + UNFINISHED)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(started)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public void write(Path file, byte[] content) throws VirtException {
    Path target = file.toAbsolutePath().normalize();
    Path folder = target.getParent();
    if (folder == null || !folder.startsWith(home)) {
      throw new VirtException(
          ErrorCode.WRITE_FAILED, "write " + target + ": it is outside of " + home);
    }
    try {
      String random = Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
      Path temporary = folder.resolve("." + target.getFileName() + random + UNFINISHED);
      try {
        fill(temporary, content);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(temporary);
        throw e;
      }
      sync(folder);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + target + ": " + reason(e), e);
    }
  }

  private static void fill(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, NEW, FILE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /**
   * Makes the new name itself outlive a crash (fsync(2), "Calling fsync() does not ensure that the
   * entry").
   */
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String configured(BundleContext context) {
    String home = context.getProperty(HOME);
    if (home == null || home.isBlank()) {
      throw new IllegalStateException("the framework property " + HOME + " is not set");
    }
    return home;
  }

  private static FileAttribute<Set<PosixFilePermission>> mode(String mode) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
  }

  /** File exceptions of the JDK often say no more than the path in their message. */
  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
  }
}
