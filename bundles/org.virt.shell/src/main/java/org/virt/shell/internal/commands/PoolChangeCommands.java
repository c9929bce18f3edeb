package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Optional;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands that define, make, start and end storage pools. */
public final class PoolChangeCommands {
  private static final String POOL = "pool";
  private static final String FILE = "file";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        ofFile("pool-define", "define a storage pool from an XML file, without starting it")
            .does(this::define),
        ofFile("pool-create", "start a storage pool from an XML file that is gone when it ends")
            .does(this::create),
        of("pool-build", "make what a storage pool consists of")
            .does(call -> verb(call, "build", "built", StoragePools::buildStoragePool)),
        of("pool-start", "start a storage pool that is defined")
            .does(call -> verb(call, "start", "started", StoragePools::startStoragePool)),
        of("pool-destroy", "end a storage pool; what it consists of stays")
            .does(call -> verb(call, "destroy", "destroyed", StoragePools::destroyStoragePool)),
        of("pool-delete", "delete what a storage pool consists of")
            .does(call -> verb(call, "delete", "deleted", StoragePools::deleteStoragePool)),
        of("pool-undefine", "remove the definition of a storage pool")
            .does(
                call ->
                    verb(
                        call, "undefine", "has been undefined", StoragePools::undefineStoragePool)),
        of("pool-autostart", "have a storage pool active when the host is")
            .flag("disable", "no longer")
            .does(this::autostart),
        of("pool-name", "print the name of a storage pool of a UUID")
            .does(call -> call.out().println(pool(call).name())),
        of("pool-uuid", "print the UUID of a storage pool")
            .does(call -> call.out().println(pool(call).uuid())),
        Command.named("find-storage-pool-sources", Group.POOL, "find what pools could be made of")
            .argument("type", "type of the pools", Values.NOTHING)
            .optional("srcSpec", "file with XML that says where to look", Values.FILE)
            .does(this::findSources));
  }

  /** Does something to a pool. */
  @FunctionalInterface
  private interface Verb {
    void on(StoragePools pools, String name) throws VirtException;
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.POOL, summary)
        .argument(POOL, "pool name or uuid", Values.NOTHING);
  }

  private static Command.Builder ofFile(String name, String summary) {
    return Command.named(name, Group.POOL, summary)
        .argument(FILE, "file with pool XML", Values.FILE);
  }

  private static StoragePools pools(Invocation call) throws CommandException {
    return call.connect().facet(StoragePools.class);
  }

  private static StoragePool pool(Invocation call) throws CommandException {
    StoragePools pools = pools(call);
    String wanted = call.arguments().required(POOL);
    List<StoragePool> all = attempt("failed to get pool '" + wanted + "'", pools::storagePools);
    Optional<StoragePool> found = all.stream().filter(one -> one.name().equals(wanted)).findFirst();
    return found
        .or(() -> all.stream().filter(one -> one.uuid().toString().equals(wanted)).findFirst())
        .orElseThrow(
            () ->
                new CommandException(
                    "failed to get pool '" + wanted + "'",
                    new VirtException(
                        ErrorCode.NO_STORAGE_POOL,
                        "Storage pool not found: no storage pool with matching name '"
                            + wanted
                            + "'")));
  }

  private void define(Invocation call) throws CommandException {
    String file = call.arguments().required(FILE);
    String xml = call.file(FILE);
    StoragePools pools = pools(call);
    String name = attempt("Failed to define pool from " + file, () -> pools.defineStoragePool(xml));
    call.confirm("Pool " + name + " defined from " + file);
  }

  private void create(Invocation call) throws CommandException {
    String file = call.arguments().required(FILE);
    String xml = call.file(FILE);
    StoragePools pools = pools(call);
    String name = attempt("Failed to create pool from " + file, () -> pools.createStoragePool(xml));
    call.confirm("Pool " + name + " created from " + file);
  }

  private static void verb(Invocation call, String infinitive, String done, Verb verb)
      throws CommandException {
    String name = pool(call).name();
    StoragePools pools = pools(call);
    attempt("Failed to " + infinitive + " pool " + name, () -> verb.on(pools, name));
    call.confirm("Pool " + name + " " + done);
  }

  private void autostart(Invocation call) throws CommandException {
    String name = pool(call).name();
    StoragePools pools = pools(call);
    boolean off = call.arguments().has("disable");
    String mark = off ? "unmark" : "mark";
    attempt(
        "failed to " + mark + " pool " + name + " as autostarted",
        () -> pools.autostartStoragePool(name, off ? Autostart.OFF : Autostart.ON));
    call.confirm("Pool " + name + " " + mark + "ed as autostarted");
  }

  private void findSources(Invocation call) throws CommandException {
    String type = call.arguments().required("type");
    boolean given = call.arguments().value("srcSpec").isPresent();
    Optional<String> source = given ? Optional.of(call.file("srcSpec")) : Optional.empty();
    StoragePools pools = pools(call);
    call.out()
        .print(
            attempt(
                "Failed to find any " + type + " pool sources",
                () -> pools.findStoragePoolSources(type, source)));
  }
}
