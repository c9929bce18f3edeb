package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.driver.qemu.internal.linux.OpenPath;

/**
 * Gives files to the user that runs QEMU, and back to their owners when no machine uses them any
 * more. What is to be given back is noted at the file itself, where every runtime of the host finds
 * it, in an attribute that only root sees. Files that the user may open anyway stay as they are.
 */
final class FileOwners {
  private static final Logger LOG = LoggerFactory.getLogger(FileOwners.class);
  private static final String NOTE = "trusted.virt.owner";
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final RunStates states;
  private final String hash;

  /**
   * Makes it.
   *
   * @param states where it is kept what a run was lent
   * @param hash what tells the machines of one state directory from those of others
   */
  FileOwners(RunStates states, String hash) {
    this.states = states;
    this.hash = hash;
  }

  /**
   * What is noted at a file.
   *
   * @param boot of the host that the users belong to
   * @param users who uses it
   */
  private record Note(int uid, int gid, String boot, Set<String> users) {
    static Optional<Note> of(OpenPath file) throws IOException {
      Optional<String> text = file.attribute(NOTE);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      String[] words = text.get().split(" ", -1);
      Set<String> users = new TreeSet<>(List.of(words).subList(3, words.length));
      if (!words[2].equals(MachineFiles.boot())) {
        users.clear(); // they ended with the host
      }
      int uid = Integer.parseInt(words[0]);
      return Optional.of(new Note(uid, Integer.parseInt(words[1]), MachineFiles.boot(), users));
    }

    void write(OpenPath file) throws IOException {
      String list = users.isEmpty() ? "" : " " + String.join(" ", users);
      file.attribute(NOTE, uid + " " + gid + " " + boot + list);
    }
  }

  private String user(DomainId machine) {
    return hash + "-" + machine;
  }

  /** Lets the user of a run open files. They are kept first: whoever finds it gives them back. */
  void lend(Machine machine, Run run, Collection<FileUse> uses) throws VirtException {
    lend(machine, run, uses, RunState.Phase.RUNNING);
  }

  /** As the other, for a run in some phase. */
  void lend(Machine machine, Run run, Collection<FileUse> uses, RunState.Phase phase)
      throws VirtException {
    if (run.account().isEmpty() || uses.isEmpty()) {
      return;
    }
    uses.forEach(use -> run.lent.add(use.path()));
    states.save(machine, run, phase);
    Account account = run.account().get();
    for (FileUse use : uses) {
      try (Lock lock = new Lock()) {
        take(user(run.id), account, use);
      } catch (IOException e) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "open %s as user '%s': %s".formatted(use.path(), account.name(), e.getMessage()),
            e);
      }
    }
  }

  private static void take(String user, Account account, FileUse use) throws IOException {
    try (OpenPath file = OpenPath.of(use.path())) {
      reach(account, file.real());
      Optional<Note> noted = Note.of(file);
      if (noted.isEmpty() && account.may(use.access(), file.handle())) {
        return;
      }
      if (Files.isDirectory(file.handle())) {
        throw new IOException("it is a folder");
      }
      int owner = (Integer) Files.getAttribute(file.handle(), "unix:uid");
      int group = (Integer) Files.getAttribute(file.handle(), "unix:gid");
      Note note =
          noted.orElseGet(() -> new Note(owner, group, MachineFiles.boot(), new TreeSet<>()));
      boolean others = note.users().stream().anyMatch(each -> !each.equals(user));
      if (others && owner != account.uid()) {
        throw new IOException("machines of another user have it");
      }
      note.users().add(user);
      note.write(file);
      file.owner(account.uid(), account.gid());
      if (!account.may(use.access(), file.handle())) {
        release(user, file);
        throw new IOException("its mode forbids it to its owner");
      }
    }
  }

  /** Says which folder on the way to a file is closed to a user, if one is. */
  private static void reach(Account account, Path file) throws IOException {
    for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
      if (!account.may(Account.SEARCH, folder)) {
        throw new IOException("it cannot enter " + folder + " (chmod o+x)");
      }
    }
  }

  /**
   * Gives back what a run does not use any more: no image that QEMU has open, for a disk or a job,
   * and nothing else that its configuration names. The next save of its state leaves that out.
   */
  void giveBack(Run run) {
    if (run.lent.isEmpty()) {
      return;
    }
    try {
      Set<Path> used = BlockChain.open(run);
      FileUse.besideDisks(run.live.tree()).forEach(use -> used.add(use.path()));
      List<Path> free = run.lent.stream().filter(path -> !used.contains(path)).toList();
      giveBack(run.id, free);
      run.lent.removeAll(free);
    } catch (VirtException e) {
      LOG.warn("files are given back when the machine ends: {}", e.getMessage());
    }
  }

  /** Gives files back that a machine had; where others use one, they keep it. */
  void giveBack(DomainId machine, Collection<Path> files) {
    for (Path path : files) {
      try (Lock lock = new Lock();
          OpenPath file = OpenPath.of(path)) {
        release(user(machine), file);
      } catch (IOException e) {
        LOG.warn("{} is not given back: {}", path, e.getMessage());
      }
    }
  }

  private static void release(String user, OpenPath file) throws IOException {
    Optional<Note> noted = Note.of(file);
    if (noted.isEmpty()) {
      return;
    }
    Note note = noted.get();
    note.users().remove(user);
    if (note.users().isEmpty()) {
      file.owner(note.uid(), note.gid());
      file.removeAttribute(NOTE);
    } else {
      note.write(file);
    }
  }

  /** One at a time, on the whole host. */
  private static final class Lock implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    Lock() throws IOException {
      THREADS.lock();
      try {
        channel =
            FileChannel.open(
                Path.of("/run/virt-owners.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        lock = channel.lock();
      } catch (IOException e) {
        THREADS.unlock();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        lock.release();
        channel.close();
      } finally {
        THREADS.unlock();
      }
    }
  }
}
