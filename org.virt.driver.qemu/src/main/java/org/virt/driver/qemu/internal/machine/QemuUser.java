package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Account;

/** Who runs the machines of root's runtime, as it is configured. */
public final class QemuUser {
  /** Has machines run by the usual user where there is one. */
  public static final Choice USUAL = new Choice("", "");

  private static final String NAME = "virt-qemu";
  private static final Path USERS = Path.of("/etc/passwd");

  private Choice choice;
  private Optional<Account> known = Optional.empty();

  /**
   * What is configured.
   *
   * @param user name, empty for the usual one
   * @param group name, empty for the user's own
   */
  public record Choice(String user, String group) {}

  /** Makes one. */
  public QemuUser(Choice choice) {
    this.choice = choice;
  }

  /** Takes another configuration, for machines that start from then on. */
  public synchronized void choose(Choice next) {
    choice = next;
    known = Optional.empty();
  }

  /** Returns the user; empty when it is the one who runs this runtime. */
  synchronized Optional<Account> account() throws VirtException {
    if (known.isPresent()) {
      return known;
    }
    boolean usual = choice.user().isEmpty();
    if (!User.isRoot() || choice.user().equals("root") || usual && !hasUsual()) {
      return Optional.empty();
    }
    known = Account.find(usual ? NAME : choice.user(), choice.group());
    if (known.isEmpty()) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "run QEMU as user '" + choice.user() + "': there is no such user");
    }
    return known;
  }

  private static boolean hasUsual() throws VirtException {
    try {
      return Files.readAllLines(USERS).stream().anyMatch(line -> line.startsWith(NAME + ":"));
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + USERS + ": " + e.getMessage(), e);
    }
  }
}
