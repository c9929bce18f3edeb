package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs;
import org.virt.api.domain.SaveVerbs.DumpFlag;
import org.virt.api.domain.SaveVerbs.DumpFormat;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SaveVerbs.SaveFlag;
import org.virt.api.domain.SavedImages;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands that write machines to files and read them. */
public final class SaveCommands {
  private static final String FILE = "file";
  private static final String XML = "xml";
  private static final String SECURITY = "security-info";
  private static final String EDIT_KEPT = "%s image XML configuration not changed.";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        state(Verbs.domain("save", "save a domain to a file of the host and end it"))
            .argument(FILE, "absolute path of the file", Values.FILE)
            .option(XML, "file with domain XML to restore with", Values.FILE)
            .flag("bypass-cache", "past the host's cache")
            .does(this::save),
        state(Command.named("restore", Group.DOMAIN, "restore a domain from a file of the host"))
            .argument(FILE, "absolute path of the file", Values.FILE)
            .option(XML, "file with domain XML to use", Values.FILE)
            .flag("bypass-cache", "past the host's cache")
            .does(this::restore),
        Command.named("save-image-dumpxml", Group.DOMAIN, "print the domain XML in a saved file")
            .argument(FILE, "absolute path of the file", Values.FILE)
            .flag(SECURITY, "with passwords")
            .does(this::imageXml),
        state(
                Command.named(
                    "save-image-define", Group.DOMAIN, "replace the domain XML in a saved file"))
            .argument(FILE, "absolute path of the file", Values.FILE)
            .argument(XML, "file with domain XML", Values.FILE)
            .does(this::imageDefine),
        state(Command.named("save-image-edit", Group.DOMAIN, "edit the domain XML in a saved file"))
            .argument(FILE, "absolute path of the file", Values.FILE)
            .does(this::imageEdit),
        state(Verbs.domain("managedsave", "save a domain, to be restored by its next start"))
            .flag("bypass-cache", "past the host's cache")
            .does(this::managedSave),
        Verbs.domain("managedsave-remove", "remove what managedsave has saved")
            .does(this::managedRemove),
        Verbs.domain("managedsave-dumpxml", "print the domain XML that managedsave has saved")
            .flag(SECURITY, "with passwords")
            .does(this::managedXml),
        state(Verbs.domain("managedsave-define", "replace the domain XML of a managed save"))
            .argument(XML, "file with domain XML", Values.FILE)
            .does(this::managedDefine),
        state(Verbs.domain("managedsave-edit", "edit the domain XML of a managed save"))
            .does(this::managedEdit),
        Verbs.domain("dump", "write the memory of a domain to a file of the host")
            .argument(FILE, "absolute path of the file", Values.FILE)
            .flag("live", "while it runs")
            .flag("crash", "and end it as crashed")
            .flag("bypass-cache", "past the host's cache")
            .flag("reset", "and reset it")
            .flag("memory-only", "memory only, not the state of devices")
            .option("format", "elf, kdump-zlib, kdump-lzo, kdump-snappy, win-dmp", Values.NOTHING)
            .does(this::dump));
  }

  private static Command.Builder state(Command.Builder command) {
    return command.flag("running", "restored running").flag("paused", "restored paused");
  }

  private static Set<SaveFlag> flags(Invocation call) throws UsageException {
    Set<SaveFlag> flags = EnumSet.noneOf(SaveFlag.class);
    Arguments arguments = call.arguments();
    if (arguments.has("running") && arguments.has("paused")) {
      throw new UsageException("Options --running and --paused are mutually exclusive");
    }
    for (SaveFlag flag : SaveFlag.values()) {
      if (arguments.has(flag.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))) {
        flags.add(flag);
      }
    }
    return flags;
  }

  private static Optional<String> xml(Invocation call) throws CommandException {
    return call.arguments().value(XML).isPresent() ? Optional.of(call.file(XML)) : Optional.empty();
  }

  private void save(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    Optional<String> xml = xml(call);
    Set<SaveFlag> flags = flags(call);
    SaveVerbs verbs = Verbs.of(call, SaveVerbs.class);
    attempt(
        "Failed to save domain '" + Verbs.name(call) + "' to " + file,
        () -> verbs.save(file, xml, flags));
    call.confirm("Domain '" + Verbs.name(call) + "' saved to " + file);
  }

  private void restore(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    Optional<String> xml = xml(call);
    Set<SaveFlag> flags = flags(call);
    SavedImages images = Verbs.host(call, SavedImages.class);
    attempt("Failed to restore domain from " + file, () -> images.restore(file, xml, flags));
    call.confirm("Domain restored from " + file);
  }

  private static Passwords passwords(Invocation call) {
    return call.arguments().has(SECURITY) ? Passwords.SHOWN : Passwords.LEFT_OUT;
  }

  private void managedXml(Invocation call) throws CommandException, VirtException {
    call.out().print(Verbs.of(call, SaveVerbs.class).managedSaveXml(passwords(call)));
  }

  private void imageXml(Invocation call) throws CommandException, VirtException {
    String file = call.arguments().required(FILE);
    call.out().print(Verbs.host(call, SavedImages.class).saveImageXml(file, passwords(call)));
  }

  private void imageDefine(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    String xml = call.file(XML);
    Set<SaveFlag> flags = flags(call);
    SavedImages images = Verbs.host(call, SavedImages.class);
    attempt("Failed to update " + file, () -> images.saveImageDefineXml(file, xml, flags));
    call.confirm("State file " + file + " updated.");
  }

  private void imageEdit(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    SavedImages images = Verbs.host(call, SavedImages.class);
    String before = images.saveImageXml(file, Passwords.SHOWN);
    String after = call.peer().edit(before);
    if (after.equals(before)) {
      call.confirm("Saved image " + file + " XML configuration not changed.");
      return;
    }
    images.saveImageDefineXml(file, after, flags(call));
    call.confirm("State file " + file + " edited.");
  }

  private void managedSave(Invocation call) throws Exception {
    Set<SaveFlag> flags = flags(call);
    SaveVerbs verbs = Verbs.of(call, SaveVerbs.class);
    attempt(
        "Failed to save domain '" + Verbs.name(call) + "' state", () -> verbs.managedSave(flags));
    call.confirm("Domain '" + Verbs.name(call) + "' state saved by libvirt");
  }

  private void managedRemove(Invocation call) throws Exception {
    SaveVerbs verbs = Verbs.of(call, SaveVerbs.class);
    String name = Verbs.name(call);
    if (!verbs.hasManagedSaveImage()) {
      call.confirm("Domain '" + name + "' has no manage save image; removal skipped");
      return;
    }
    attempt(
        "Failed to remove managed save image for domain '" + name + "'", verbs::managedSaveRemove);
    call.confirm("Removed managedsave image for domain '" + name + "'");
  }

  private void managedDefine(Invocation call) throws Exception {
    String xml = call.file(XML);
    Set<SaveFlag> flags = flags(call);
    SaveVerbs verbs = Verbs.of(call, SaveVerbs.class);
    String name = Verbs.name(call);
    attempt("Failed to update '" + name + "'", () -> verbs.managedSaveDefineXml(xml, flags));
    call.confirm("Managed save state file of domain '" + name + "' updated.");
  }

  private void managedEdit(Invocation call) throws Exception {
    SaveVerbs verbs = Verbs.of(call, SaveVerbs.class);
    String before = verbs.managedSaveXml(Passwords.SHOWN);
    String after = call.peer().edit(before);
    if (after.equals(before)) {
      call.confirm(EDIT_KEPT.formatted("Managed save"));
      return;
    }
    verbs.managedSaveDefineXml(after, flags(call));
    call.confirm("Managed save state file of domain '" + Verbs.name(call) + "' edited.");
  }

  private void dump(Invocation call) throws Exception {
    String file = call.arguments().required(FILE);
    Arguments arguments = call.arguments();
    Set<DumpFlag> flags = EnumSet.noneOf(DumpFlag.class);
    for (DumpFlag flag : DumpFlag.values()) {
      if (arguments.has(flag.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))) {
        flags.add(flag);
      }
    }
    DumpFormat format = format(arguments);
    if (arguments.has("format") && !flags.contains(DumpFlag.MEMORY_ONLY)) {
      throw new CommandException("--format only works with --memory-only");
    }
    SaveVerbs verbs = Verbs.of(call, SaveVerbs.class);
    String name = Verbs.name(call);
    attempt(
        "Failed to core dump domain '" + name + "' to " + file,
        () -> verbs.coreDump(file, format, flags));
    call.confirm("Domain '" + name + "' dumped to " + file);
  }

  private static DumpFormat format(Arguments arguments) throws CommandException {
    String word = arguments.value("format").orElse("elf");
    for (DumpFormat format : DumpFormat.values()) {
      if (format.text().equals(word)) {
        return format;
      }
    }
    throw new CommandException(
        "format '"
            + word
            + "' is not supported, expecting 'kdump-zlib', 'kdump-lzo',"
            + " 'kdump-snappy', 'win-dmp' or 'elf'");
  }
}
