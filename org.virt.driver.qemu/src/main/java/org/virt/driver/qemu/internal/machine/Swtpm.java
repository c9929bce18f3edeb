package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.Secrets;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.linux.Account;

/**
 * Starts the program that emulates a machine's TPM. It ends when QEMU does, runs as the same user,
 * and keeps its state in a folder of the machine's.
 *
 * @param sockets folder of this run's sockets
 * @param user who runs QEMU; absent: this user
 * @param secrets by one of which the state is encrypted
 */
record Swtpm(MachineFiles files, Path sockets, Optional<Account> user, HostSecrets secrets) {
  private static final int LIMIT_SECONDS = 10;
  private static final String BANKS = "backend/active_pcr_banks";
  private static final String CIPHER = "aes-256-cbc";
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Starts what a machine needs.
   *
   * @param boots the guest boots, else it goes on with the TPM as it was saved
   */
  void start(Guest guest, boolean boots, Undo undo) throws VirtException {
    for (Node tpm : guest.devices("tpm")) {
      if (tpm.is("backend/@type", "emulator")) {
        Path state = files.tpms().resolve(guest.root().get("uuid"));
        Path pid = sockets.resolve("tpm.pid");
        make(state);
        if (boots && tpm.has(BANKS)) {
          activate(tpm, state);
        }
        run(words(tpm, state, pid));
        RunPaths.share(sockets.resolve("tpm.sock"));
        undo.add(() -> end(pid));
      }
    }
  }

  /**
   * Has the user own the state: a folder of somebody who may be hostile, where nothing is followed.
   */
  private void make(Path state) throws VirtException {
    try {
      Files.createDirectories(state, PosixFilePermissions.asFileAttribute(OWNER));
      if (user.isEmpty()) {
        return;
      }
      files.open(files.tpms());
      try (Stream<Path> inside = Files.list(state)) {
        for (Path file : Stream.concat(Stream.of(state), inside).toList()) {
          Files.setAttribute(file, "unix:uid", user.get().uid(), LinkOption.NOFOLLOW_LINKS);
        }
      }
    } catch (IOException e) {
      throw failed("swtpm", state + ": " + e.getMessage(), e);
    }
  }

  private List<String> words(Node tpm, Path state, Path pid) throws VirtException {
    List<String> words = new ArrayList<>(List.of("swtpm", "socket", "--daemon", "--terminate"));
    words.addAll(
        List.of("--ctrl", "type=unixio,path=" + sockets.resolve("tpm.sock") + ",mode=0600"));
    words.addAll(List.of("--tpmstate", "dir=" + state + ",mode=0600"));
    words.addAll(List.of("--pid", "file=" + pid));
    if (!tpm.is("backend/@version", "1.2")) {
      words.add("--tpm2");
    }
    user.ifPresent(account -> words.addAll(List.of("--runas", account.name())));
    Optional<Path> key = key(tpm);
    if (key.isPresent()) {
      words.addAll(List.of("--key", "pwdfile=" + key.get() + ",mode=" + CIPHER + ",remove=true"));
    }
    return words;
  }

  /** Writes what the state is encrypted by; whoever starts the machine removes it. */
  private Optional<Path> key(Node tpm) throws VirtException {
    Node encryption = tpm.child("backend/encryption");
    if (encryption == null) {
      return Optional.empty();
    }
    String uuid = encryption.require("@secret");
    Path file = sockets.resolve(Secrets.name("tpm"));
    SecretFile.write(file, secrets.value(encryption.path("@secret"), uuid));
    return Optional.of(file);
  }

  /** Has the TPM keep measurements by the wanted hash functions, and by no others. */
  private void activate(Node tpm, Path state) throws VirtException {
    String banks =
        tpm.child(BANKS).children().stream().map(Node::name).collect(Collectors.joining(","));
    List<String> words = new ArrayList<>(List.of("swtpm_setup", "--tpm2", "--reconfigure"));
    words.addAll(List.of("--tpmstate", state.toString(), "--pcr-banks", banks));
    user.ifPresent(account -> words.addAll(List.of("--runas", account.name())));
    Optional<Path> key = key(tpm);
    if (key.isPresent()) {
      words.addAll(List.of("--pwdfile", key.get().toString(), "--cipher", CIPHER));
    }
    run(words);
  }

  private static void run(List<String> words) throws VirtException {
    try {
      ProcessBuilder builder = new ProcessBuilder(words);
      builder.environment().put("LC_ALL", "C");
      builder.redirectErrorStream(true);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw failed(words.get(0), "it did not answer", null);
      }
      if (process.exitValue() != 0) {
        throw failed(
            words.get(0),
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip(),
            null);
      }
    } catch (IOException e) {
      throw failed(words.get(0), e.getMessage() + "; apt-get install swtpm swtpm-tools", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(words.get(0), "interrupted", e);
    }
  }

  private static VirtException failed(String program, String reason, Exception cause) {
    return new VirtException(ErrorCode.OPERATION_FAILED, "run " + program + ": " + reason, cause);
  }

  /** Removes what is kept of a machine's TPM. */
  static void forget(Path state) throws VirtException {
    if (!Files.isDirectory(state)) {
      return;
    }
    try (Stream<Path> files = Files.list(state)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(state);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "remove " + state + ": " + e.getMessage(), e);
    }
  }

  private static void end(Path pid) {
    try {
      long number = Long.parseLong(Files.readString(pid).strip());
      ProcessHandle.of(number).ifPresent(ProcessHandle::destroy);
    } catch (IOException | NumberFormatException e) {
      // It has ended by itself.
    }
  }
}
