package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;
import static org.virt.shell.internal.commands.ManagedObjects.line;
import static org.virt.shell.internal.commands.ManagedObjects.yes;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;

/** Commands about storage pools. */
public final class PoolCommands {
  private static final ManagedObjects<StoragePools, StoragePool> POOLS =
      new ManagedObjects<>(
          new ManagedObjects.Words(
              Group.POOL, "pool", "pool", "Storage pool", ErrorCode.NO_STORAGE_POOL),
          StoragePools.class,
          StoragePools::storagePools);

  /** Returns the commands. */
  public List<Command> commands() {
    return Stream.of(looking(), changing(), POOLS.names("storage pool"))
        .flatMap(List::stream)
        .toList();
  }

  private List<Command> looking() {
    return List.of(
        Command.named("pool-list", Group.POOL, "list storage pools")
            .flag("all", "inactive ones too")
            .flag("inactive", "inactive ones only")
            .flag("details", "with sizes")
            .flag("name", "names only")
            .does(this::list),
        POOLS
            .command("info", "show what there is to know about a storage pool")
            .flag("bytes", "sizes in bytes")
            .does(this::info),
        POOLS.command("dumpxml", "print the XML of a storage pool").does(this::dumpxml),
        Command.named("find-storage-pool-sources", Group.POOL, "find what pools could be made of")
            .argument("type", "type of the pools", Values.NOTHING)
            .optional("srcSpec", "file with XML that says where to look", Values.FILE)
            .does(this::findSources));
  }

  private static List<Command> changing() {
    return List.of(
        POOLS.making(
            "define",
            "defined",
            "define a storage pool from an XML file, without starting it",
            StoragePools::defineStoragePool),
        POOLS.making(
            "create",
            "created",
            "start a storage pool from an XML file that is gone when it ends",
            StoragePools::createStoragePool),
        POOLS.doing(
            "build",
            "built",
            "make what a storage pool consists of",
            StoragePools::buildStoragePool),
        POOLS.doing(
            "start",
            "started",
            "start a storage pool that is defined",
            StoragePools::startStoragePool),
        POOLS.doing(
            "refresh",
            "refreshed",
            "look at a storage pool anew",
            StoragePools::refreshStoragePool),
        POOLS.doing(
            "destroy",
            "destroyed",
            "end a storage pool; what it consists of stays",
            StoragePools::destroyStoragePool),
        POOLS.doing(
            "delete",
            "deleted",
            "delete what a storage pool consists of",
            StoragePools::deleteStoragePool),
        POOLS.doing(
            "undefine",
            "has been undefined",
            "remove the definition of a storage pool",
            StoragePools::undefineStoragePool),
        POOLS.edit(StoragePools::storagePoolXml, StoragePools::defineStoragePool),
        POOLS.autostart(
            "have a storage pool active when the host is", StoragePools::autostartStoragePool));
  }

  private void list(Invocation call) throws CommandException {
    boolean details = call.arguments().has("details");
    boolean names = call.arguments().has("name");
    Table table =
        details
            ? new Table(
                "Name", "State", "Autostart", "Persistent", "Capacity", "Allocation", "Available")
            : new Table("Name", "State", "Autostart");
    for (StoragePool one : POOLS.chosen(call)) {
      if (names) {
        call.out().println(one.name());
      } else if (details) {
        table.row(
            one.name(),
            one.state().text(),
            yes(one.isAutostarted()),
            yes(one.isPersistent()),
            ByteSize.of(one.capacity()),
            ByteSize.of(one.allocation()),
            ByteSize.of(one.available()));
      } else {
        table.row(one.name(), one.isActive() ? "active" : "inactive", yes(one.isAutostarted()));
      }
    }
    if (!names) {
      call.out().print(table.text(call.peer().quiet()));
    }
  }

  private void info(Invocation call) throws CommandException {
    StoragePool one = POOLS.of(call);
    boolean bytes = call.arguments().has("bytes");
    line(call, "Name:", one.name());
    line(call, "UUID:", one.uuid());
    line(call, "State:", one.state().text());
    line(call, "Persistent:", yes(one.isPersistent()));
    line(call, "Autostart:", yes(one.isAutostarted()));
    if (one.isActive()) {
      line(call, "Capacity:", ByteSize.text(one.capacity(), bytes));
      line(call, "Allocation:", ByteSize.text(one.allocation(), bytes));
      line(call, "Available:", ByteSize.text(one.available(), bytes));
    }
  }

  private void dumpxml(Invocation call) throws CommandException {
    StoragePools pools = POOLS.facet(call);
    String name = POOLS.of(call).name();
    call.out().print(attempt("failed to get pool XML", () -> pools.storagePoolXml(name)));
  }

  private void findSources(Invocation call) throws CommandException {
    String type = call.arguments().required("type");
    boolean given = call.arguments().value("srcSpec").isPresent();
    Optional<String> source = given ? Optional.of(call.file("srcSpec")) : Optional.empty();
    StoragePools pools = POOLS.facet(call);
    call.out()
        .print(
            attempt(
                "Failed to find any " + type + " pool sources",
                () -> pools.findStoragePoolSources(type, source)));
  }
}
