package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands that make volumes from XML, and that find them by key or path. */
public final class VolumeLookupCommands {
  private static final String POOL = "pool";
  private static final String FILE = "file";
  private static final String VOL = "vol";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        ofFile("vol-create", "make a volume from an XML file").does(this::create),
        ofFile("vol-create-from", "make a volume from an XML file with the content of another")
            .argument(VOL, "name of the other, in the same pool", Values.NOTHING)
            .does(this::createFrom),
        of("vol-name", "print the name of a volume")
            .does(call -> call.out().println(find(call).name())),
        of("vol-pool", "print the name of a volume's pool")
            .does(call -> call.out().println(find(call).pool())),
        of("vol-key", "print the key of a volume")
            .does(call -> call.out().println(find(call).key())));
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.VOLUME, summary)
        .argument(VOL, "key or path of the volume; with a pool its name, too", Values.NOTHING)
        .optional(POOL, "name of its pool", Values.NOTHING);
  }

  private static Command.Builder ofFile(String name, String summary) {
    return Command.named(name, Group.VOLUME, summary)
        .argument(POOL, "name of the pool", Values.NOTHING)
        .argument(FILE, "file with volume XML", Values.FILE);
  }

  private static StorageVolumes volumes(Invocation call) throws CommandException {
    return call.connect().facet(StorageVolumes.class);
  }

  private void create(Invocation call) throws CommandException {
    String pool = call.arguments().required(POOL);
    String file = call.arguments().required(FILE);
    String xml = call.file(FILE);
    StorageVolumes volumes = volumes(call);
    String name =
        attempt("Failed to create vol from " + file, () -> volumes.createStorageVolume(pool, xml));
    call.confirm("Vol " + name + " created from " + file);
  }

  private void createFrom(Invocation call) throws CommandException {
    String pool = call.arguments().required(POOL);
    String file = call.arguments().required(FILE);
    String source = call.arguments().required(VOL);
    String xml = call.file(FILE);
    StorageVolumes volumes = volumes(call);
    String name =
        attempt(
            "Failed to create vol from " + file,
            () -> volumes.cloneStorageVolume(pool, xml, source));
    call.confirm("Vol " + name + " created from input vol " + source);
  }

  private static StorageVolume find(Invocation call) throws CommandException {
    String wanted = call.arguments().required(VOL);
    String failure = "failed to get vol '" + wanted + "'";
    Predicate<StorageVolume> named =
        volume -> volume.key().equals(wanted) || volume.path().equals(wanted);
    StorageVolumes volumes = volumes(call);
    if (call.arguments().value(POOL).isPresent()) {
      String pool = call.arguments().required(POOL);
      List<StorageVolume> all = attempt(failure, () -> volumes.storageVolumes(pool));
      return first(all, named.or(volume -> volume.name().equals(wanted)), failure, wanted);
    }
    StoragePools pools = call.connect().facet(StoragePools.class);
    List<StorageVolume> all = new java.util.ArrayList<>();
    for (StoragePool pool : attempt(failure, pools::storagePools)) {
      if (pool.state() != StoragePool.State.INACTIVE) {
        all.addAll(attempt(failure, () -> volumes.storageVolumes(pool.name())));
      }
    }
    return first(all, named, failure, wanted);
  }

  private static StorageVolume first(
      List<StorageVolume> all, Predicate<StorageVolume> which, String failure, String wanted)
      throws CommandException {
    return all.stream()
        .filter(which)
        .findFirst()
        .orElseThrow(
            () ->
                new CommandException(
                    failure,
                    new VirtException(
                        ErrorCode.NO_STORAGE_VOL,
                        "Storage volume not found: no storage vol with matching path '"
                            + wanted
                            + "'")));
  }
}
