package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePool.Persistence;
import org.virt.api.storage.StoragePool.State;
import org.virt.api.storage.StoragePools;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;

/** Commands about storage pools. */
public final class PoolCommands {
  private static final String POOL = "pool";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("pool-list", Group.POOL, "list storage pools")
            .flag("all", "inactive ones too")
            .flag("inactive", "inactive ones only")
            .flag("details", "with sizes")
            .flag("name", "names only")
            .does(this::list),
        of("pool-info", "show what there is to know about a storage pool")
            .flag("bytes", "sizes in bytes")
            .does(this::info),
        of("pool-dumpxml", "print the XML of a storage pool").does(this::dumpxml),
        of("pool-refresh", "look at a storage pool anew").does(this::refresh));
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.POOL, summary)
        .argument(POOL, "name of the pool", Values.NOTHING);
  }

  private static StoragePools pools(Invocation call) throws CommandException {
    return call.connect().facet(StoragePools.class);
  }

  private void list(Invocation call) throws CommandException {
    StoragePools pools = pools(call);
    boolean details = call.arguments().has("details");
    boolean names = call.arguments().has("name");
    Table table =
        details
            ? new Table(
                "Name", "State", "Autostart", "Persistent", "Capacity", "Allocation", "Available")
            : new Table("Name", "State", "Autostart");
    for (StoragePool one : attempt("Failed to list pools", pools::storagePools)) {
      boolean active = one.state() != State.INACTIVE;
      if (!call.arguments().has("all") && active == call.arguments().has("inactive")) {
        continue;
      }
      if (names) {
        call.out().println(one.name());
      } else if (details) {
        table.row(
            one.name(),
            one.state().text(),
            yes(one.persistence() == Persistence.AUTOSTART),
            yes(one.persistence() != Persistence.TRANSIENT),
            ByteSize.of(one.capacity()),
            ByteSize.of(one.allocation()),
            ByteSize.of(one.available()));
      } else {
        table.row(
            one.name(),
            active ? "active" : "inactive",
            yes(one.persistence() == Persistence.AUTOSTART));
      }
    }
    if (!names) {
      call.out().print(table.text(call.peer().quiet()));
    }
  }

  private static String yes(boolean is) {
    return is ? "yes" : "no";
  }

  private void info(Invocation call) throws CommandException {
    StoragePools pools = pools(call);
    String name = call.arguments().required(POOL);
    StoragePool one = attempt("failed to get pool '" + name + "'", () -> pools.storagePool(name));
    boolean bytes = call.arguments().has("bytes");
    line(call, "Name:", one.name());
    line(call, "UUID:", one.uuid());
    line(call, "State:", one.state().text());
    line(call, "Persistent:", yes(one.persistence() != Persistence.TRANSIENT));
    line(call, "Autostart:", yes(one.persistence() == Persistence.AUTOSTART));
    if (one.state() != State.INACTIVE) {
      line(call, "Capacity:", ByteSize.text(one.capacity(), bytes));
      line(call, "Allocation:", ByteSize.text(one.allocation(), bytes));
      line(call, "Available:", ByteSize.text(one.available(), bytes));
    }
  }

  private static void line(Invocation call, String name, Object value) {
    call.out().println(String.format("%-15s %s", name, value));
  }

  private void dumpxml(Invocation call) throws CommandException {
    StoragePools pools = pools(call);
    String name = call.arguments().required(POOL);
    call.out().print(attempt("failed to get pool XML", () -> pools.storagePoolXml(name)));
  }

  private void refresh(Invocation call) throws CommandException {
    StoragePools pools = pools(call);
    String name = call.arguments().required(POOL);
    attempt("Failed to refresh pool " + name, () -> pools.refreshStoragePool(name));
    call.confirm("Pool " + name + " refreshed");
  }
}
