package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.xml.XmlWriter;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;
import org.virt.shell.internal.commands.VolumeTransfer.Zeros;

/** Commands about storage volumes. */
public final class VolumeCommands {
  private static final String POOL = "pool";
  private static final String VOL = "vol";
  private static final String OFFSET = "offset";
  private static final String LENGTH = "length";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("vol-list", Group.VOLUME, "list the volumes of a pool")
            .argument(POOL, "name of the pool", Values.NOTHING)
            .flag("details", "with type and sizes")
            .does(this::list),
        of("vol-info", "show type and size of a volume")
            .flag("bytes", "sizes in bytes")
            .does(this::info),
        of("vol-dumpxml", "print the XML of a volume").does(this::dumpxml),
        of("vol-path", "print the path of a volume").does(this::path),
        Command.named("vol-create-as", Group.VOLUME, "make a volume")
            .argument(POOL, "name of the pool", Values.NOTHING)
            .argument("name", "name of the volume", Values.NOTHING)
            .argument("capacity", "its size, such as 10G", Values.NOTHING)
            .option("allocation", "what it takes at once; 0: as little as it can", Values.NOTHING)
            .option("format", "its format", Values.NOTHING)
            .does(this::createAs),
        of("vol-clone", "make a volume with the content of another")
            .argument("newname", "name of the new one", Values.NOTHING)
            .does(this::copy),
        of("vol-delete", "delete a volume").does(this::delete),
        of("vol-wipe", "make the former content of a volume unreadable").does(this::wipe),
        of("vol-resize", "change the size of a volume")
            .argument("capacity", "its new size, such as 10G", Values.NOTHING)
            .does(this::resize),
        of("vol-download", "write the content of a volume to a file of the runtime's host")
            .argument("file", "absolute path; it must not exist", Values.FILE)
            .option(OFFSET, "where in the volume it begins", Values.NOTHING)
            .option(LENGTH, "how many bytes of it", Values.NOTHING)
            .flag("sparse", "write no zeros where the file need not have them")
            .does(this::download),
        of("vol-upload", "replace the content of a volume by that of a file")
            .argument("file", "absolute path of a file of the runtime's host", Values.FILE)
            .option(OFFSET, "where in the volume it begins", Values.NOTHING)
            .option(LENGTH, "how many bytes of the file", Values.NOTHING)
            .does(this::upload));
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.VOLUME, summary)
        .argument(VOL, "name of the volume", Values.NOTHING)
        .argument(POOL, "name of its pool", Values.NOTHING);
  }

  private static StorageVolumes volumes(Invocation call) throws CommandException {
    return call.connect().facet(StorageVolumes.class);
  }

  private static String vol(Invocation call) {
    return call.arguments().required(VOL);
  }

  private static String pool(Invocation call) {
    return call.arguments().required(POOL);
  }

  private void list(Invocation call) throws CommandException {
    StorageVolumes volumes = volumes(call);
    boolean details = call.arguments().has("details");
    Table table =
        details
            ? new Table("Name", "Path", "Type", "Capacity", "Allocation")
            : new Table("Name", "Path");
    List<StorageVolume> all =
        attempt("Failed to list volumes", () -> volumes.storageVolumes(pool(call)));
    for (StorageVolume one : all) {
      if (details) {
        table.row(
            one.name(),
            one.path(),
            one.type().text(),
            ByteSize.of(one.capacity()),
            ByteSize.of(one.allocation()));
      } else {
        table.row(one.name(), one.path());
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static StorageVolume find(Invocation call) throws CommandException {
    StorageVolumes volumes = volumes(call);
    return attempt(
        "failed to get vol '" + vol(call) + "'",
        () -> volumes.storageVolume(pool(call), vol(call)));
  }

  private void info(Invocation call) throws CommandException {
    StorageVolume one = find(call);
    boolean bytes = call.arguments().has("bytes");
    line(call, "Name:", one.name());
    line(call, "Type:", one.type().text());
    line(call, "Capacity:", ByteSize.text(one.capacity(), bytes));
    line(call, "Allocation:", ByteSize.text(one.allocation(), bytes));
  }

  private static void line(Invocation call, String name, Object value) {
    call.out().println(String.format("%-15s %s", name, value));
  }

  private void dumpxml(Invocation call) throws CommandException {
    StorageVolumes volumes = volumes(call);
    call.out()
        .print(
            attempt(
                "failed to get volume XML", () -> volumes.storageVolumeXml(pool(call), vol(call))));
  }

  private void path(Invocation call) throws CommandException {
    call.out().println(find(call).path());
  }

  private static long size(Invocation call, String argument) throws UsageException {
    try {
      return ByteSize.parse(call.arguments().required(argument));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UsageException("--" + argument + ": " + e.getMessage());
    }
  }

  private void createAs(Invocation call) throws CommandException, UsageException {
    String name = call.arguments().required("name");
    XmlWriter xml = new XmlWriter().open("volume").element("name", name);
    xml.element("capacity", size(call, "capacity"));
    if (call.arguments().has("allocation")) {
      xml.element("allocation", size(call, "allocation"));
    }
    call.arguments()
        .value("format")
        .ifPresent(
            format -> xml.open("target").open("format").attribute("type", format).close().close());
    StorageVolumes volumes = volumes(call);
    attempt(
        "Failed to create vol " + name,
        () -> volumes.createStorageVolume(pool(call), xml.close().toString()));
    call.confirm("Vol " + name + " created");
  }

  private void copy(Invocation call) throws CommandException {
    String name = call.arguments().required("newname");
    String xml = new XmlWriter().open("volume").element("name", name).close().toString();
    StorageVolumes volumes = volumes(call);
    attempt(
        "Failed to clone vol from " + vol(call),
        () -> volumes.cloneStorageVolume(pool(call), xml, vol(call)));
    call.confirm("Vol " + name + " cloned from " + vol(call));
  }

  private void delete(Invocation call) throws CommandException {
    StorageVolumes volumes = volumes(call);
    attempt(
        "Failed to delete vol " + vol(call),
        () -> volumes.deleteStorageVolume(pool(call), vol(call)));
    call.confirm("Vol " + vol(call) + " deleted");
  }

  private void wipe(Invocation call) throws CommandException {
    StorageVolumes volumes = volumes(call);
    attempt(
        "Failed to wipe vol " + vol(call), () -> volumes.wipeStorageVolume(pool(call), vol(call)));
    call.confirm("Vol " + vol(call) + " wiped");
  }

  private void resize(Invocation call) throws CommandException, UsageException {
    StorageVolumes volumes = volumes(call);
    long size = size(call, "capacity");
    attempt(
        "Failed to change size of volume '" + vol(call) + "'",
        () -> volumes.resizeStorageVolume(pool(call), vol(call), size));
    call.confirm("Size of volume '" + vol(call) + "' successfully changed");
  }

  /** The runtime, not the client, opens the file, and does not know the client's folder. */
  private static Path file(Invocation call) throws UsageException {
    Path file = Path.of(call.arguments().required("file"));
    if (!file.isAbsolute()) {
      throw new UsageException("the runtime reads and writes the file: give an absolute path");
    }
    return file;
  }

  private static VolumeTransfer transfer(Invocation call) throws CommandException, UsageException {
    return new VolumeTransfer(
        volumes(call),
        pool(call),
        vol(call),
        optionalSize(call, OFFSET),
        optionalSize(call, LENGTH));
  }

  private static long optionalSize(Invocation call, String option) throws UsageException {
    return call.arguments().has(option) ? size(call, option) : 0;
  }

  private void download(Invocation call) throws CommandException, UsageException {
    VolumeTransfer transfer = transfer(call);
    Zeros zeros = call.arguments().has("sparse") ? Zeros.LEFT_OUT : Zeros.WRITTEN;
    Path file = file(call);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      transfer.download(out, zeros);
    } catch (VirtException e) {
      throw new CommandException("cannot download from volume " + vol(call), e);
    } catch (IOException e) {
      throw new CommandException("cannot write " + file + ": " + e);
    }
  }

  private void upload(Invocation call) throws CommandException, UsageException {
    VolumeTransfer transfer = transfer(call);
    Path file = file(call);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      transfer.upload(in);
    } catch (VirtException e) {
      throw new CommandException("cannot upload to volume " + vol(call), e);
    } catch (IOException e) {
      throw new CommandException("cannot read " + file + ": " + e);
    }
  }
}
