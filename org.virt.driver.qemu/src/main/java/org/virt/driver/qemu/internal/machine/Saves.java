package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.JobVerbs.JobOperation;
import org.virt.api.domain.JobVerbs.JobStats;
import org.virt.api.domain.JobVerbs.JobType;
import org.virt.api.domain.SaveVerbs;
import org.virt.model.domain.DomainXml;

/** One machine in files. */
final class Saves implements SaveVerbs {
  private static final Logger LOG = LoggerFactory.getLogger(Saves.class);

  private final MachineHost host;
  private final DomainId id;

  Saves(MachineHost host, DomainId id) {
    this.host = host;
    this.id = id;
  }

  /** Something that takes the memory of a run that stands still. */
  @FunctionalInterface
  private interface Taking {
    void from(Run run, Job job, boolean ran) throws VirtException;
  }

  @Override
  public void save(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    Path file = absolute(path);
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("save")) {
      save(machine, machine.active("save"), file, xml, flags);
    }
  }

  private static Path absolute(String path) throws VirtException {
    Path file = Path.of(path);
    if (!file.isAbsolute()) {
      throw new VirtException(ErrorCode.INVALID_ARG, "path '" + path + "' is not absolute");
    }
    return file;
  }

  /** Writes a run to a file and ends it; whatever fails, it goes on as before. */
  private void save(Machine machine, Run run, Path file, Optional<String> xml, Set<SaveFlag> flags)
      throws VirtException {
    String kept = xml.isPresent() ? checked(machine, xml.get()) : run.live.startXml();
    Taking taking =
        (from, job, ran) -> {
          boolean running =
              flags.contains(SaveFlag.RUNNING) || (ran && !flags.contains(SaveFlag.PAUSED));
          write(from, file, SaveImage.of(kept, running), job);
        };
    standing(machine, run, JobOperation.SAVE, taking);
    host.ender().quit(machine, run, Reason.SAVED);
  }

  /** Refuses XML of another machine; hardware that differs is refused when it is restored. */
  private String checked(Machine machine, String xml) throws VirtException {
    var config = host.definitions().complete("save", xml);
    if (!config.domainId().equals(machine.id)) {
      throw machine.invalid("save", "the XML given is that of another domain");
    }
    return DomainXml.print(config);
  }

  /** Stops the virtual CPUs meanwhile. They go on again when it fails, and when it is a copy. */
  private void standing(Machine machine, Run run, JobOperation operation, Taking taking)
      throws VirtException {
    if (run.hasJob()) {
      throw machine.invalid("save", "a job is active already");
    }
    DomainStatus before = machine.status();
    boolean ran = before.state() == DomainState.RUNNING;
    boolean copies = operation == JobOperation.DUMP;
    Job job = new Job(operation);
    run.job(job);
    boolean done = false;
    try {
      if (ran) {
        Reason reason = copies ? Reason.DUMPING : Reason.SAVING;
        machine.enter(run, DomainStatus.of(reason), Kind.SUSPENDED_PAUSED);
        host.states().note(machine, run); // who finds it after a crash has it go on
        run.execute("stop");
      }
      taking.from(run, job, ran);
      done = true;
      keep(machine, run, job);
    } catch (VirtException e) {
      throw Edits.told(copies ? "dump" : "save", machine, e);
    } finally {
      run.job(null);
      if (ran && (copies || !done)) {
        run.execute("cont");
        machine.enter(
            run,
            DomainStatus.of(done ? Reason.UNPAUSED : Reason.SAVE_CANCELED),
            Kind.RESUMED_UNPAUSED);
      }
    }
  }

  private static void keep(Machine machine, Run run, Job job) {
    try {
      JsonElement migration = run.execute("query-migrate");
      machine.lastJob(new JobStats(JobType.COMPLETED, job.parameters(migration)));
    } catch (VirtException e) {
      LOG.warn("domain {}: the figures of its job are lost: {}", machine.name, e.getMessage());
    }
  }

  private static void write(Run run, Path file, SaveImage image, Job job) throws VirtException {
    boolean written = false;
    try (FileChannel out = create(file)) {
      image.write(out);
      new MemoryStream(run).save(out, image.streamStart(), job);
      SaveImage.complete(out);
      written = true;
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + file + ": " + e.getMessage(), e);
    } finally {
      if (!written) {
        MachineFiles.deleteQuietly(file);
      }
    }
  }

  private static FileChannel create(Path file) throws IOException {
    MachineFiles.deleteQuietly(file);
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private Path managed(Machine machine) {
    return host.files().save(machine.name);
  }

  @Override
  public void managedSave(Set<SaveFlag> flags) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("save")) {
      Run run = machine.active("save");
      if (machine.definition() == null) {
        throw machine.invalid("save", "cannot do managed save for transient domain");
      }
      save(machine, run, managed(machine), Optional.empty(), flags);
    }
  }

  @Override
  public boolean hasManagedSaveImage() throws VirtException {
    return java.nio.file.Files.exists(managed(host.find(id)));
  }

  @Override
  public void managedSaveRemove() throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("remove the managed save image of")) {
      MachineFiles.delete(managed(machine));
    }
  }

  @Override
  public String managedSaveXml(Passwords passwords) throws VirtException {
    return SavedFiles.xml(image(), passwords);
  }

  private Path image() throws VirtException {
    Machine machine = host.find(id);
    if (!hasManagedSaveImage()) {
      throw machine.invalid("use the managed save image of", "domain does not have one");
    }
    return managed(machine);
  }

  @Override
  public void managedSaveDefineXml(String xml, Set<SaveFlag> flags) throws VirtException {
    Path file = image();
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("edit the managed save image of")) {
      SavedFiles.replace(file, checked(machine, xml), flags);
    }
  }

  @Override
  public void coreDump(String path, DumpFormat format, Set<DumpFlag> flags) throws VirtException {
    Path file = absolute(path);
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("dump")) {
      Run run = machine.active("dump");
      boolean memoryOnly = flags.contains(DumpFlag.MEMORY_ONLY);
      if (!memoryOnly && format != DumpFormat.RAW) {
        throw machine.invalid("dump", "only a dump of memory only has a format");
      }
      Taking taking =
          (from, job, ran) -> {
            if (memoryOnly) {
              new MemoryDump(from).write(file, format, job);
            } else {
              stream(from, file, job);
            }
          };
      if (flags.contains(DumpFlag.LIVE)) {
        live(run, taking);
      } else {
        standing(machine, run, JobOperation.DUMP, taking);
      }
      if (flags.contains(DumpFlag.CRASH)) {
        host.ender().quit(machine, run, Reason.PROCESS_CRASHED);
      } else if (flags.contains(DumpFlag.RESET)) {
        run.execute("system_reset");
      }
    }
  }

  private static void live(Run run, Taking taking) throws VirtException {
    Job job = new Job(JobOperation.DUMP);
    run.job(job);
    try {
      taking.from(run, job, true);
    } finally {
      run.job(null);
    }
  }

  private static void stream(Run run, Path file, Job job) throws VirtException {
    boolean written = false;
    try (FileChannel out = create(file)) {
      new MemoryStream(run).save(out, 0, job);
      written = true;
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + file + ": " + e.getMessage(), e);
    } finally {
      if (!written) {
        MachineFiles.deleteQuietly(file);
      }
    }
  }
}
