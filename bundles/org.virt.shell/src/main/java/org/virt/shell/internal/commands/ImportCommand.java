package org.virt.shell.internal.commands;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.virt.api.nwfilter.ImportRequest;
import org.virt.api.nwfilter.ImportRequest.Existing;
import org.virt.api.nwfilter.ImportResult;
import org.virt.api.nwfilter.ImportResult.Outcome;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Peer;
import org.virt.shell.internal.command.Table;

/** Takes over the filters and bindings of a libvirt installation. */
public final class ImportCommand {
  private static final String FOLDER = "dir";
  private static final String REPLACE = "replace";

  /** Where libvirt 9 keeps filters and bindings, below the root of a file system. */
  private static final List<String> OF_LIBVIRT =
      List.of("etc/libvirt/nwfilter", "run/libvirt/nwfilter-binding");

  /** The same, below a copy of one of its folders. */
  private static final List<String> OF_A_COPY = List.of("nwfilter", "nwfilter-binding");

  /** Returns the command. */
  public List<Command> commands() {
    return List.of(
        Command.named(
                "nwfilter-import",
                Group.FILTER,
                "take over the network filters and bindings of libvirt")
            .optional(
                FOLDER,
                "root of libvirt's file system, or a folder with its XML files; / if not given",
                Values.FILE)
            .flag(REPLACE, "replace filters and bindings that differ here, rather than keep them")
            .does(this::take));
  }

  private void take(Invocation call) throws CommandException {
    Arguments arguments = call.arguments();
    Map<String, String> documents = documents(call.peer(), arguments.value(FOLDER));
    Existing existing = arguments.has(REPLACE) ? Existing.REPLACE : Existing.KEEP;
    List<ImportResult> results = call.filters().takeOver(new ImportRequest(documents, existing));
    Table table = new Table("Kind", "Name", "Result", "Reason");
    for (ImportResult result : results) {
      table.row(
          word(result.kind()),
          result.name().isEmpty() ? result.document() : result.name(),
          word(result.outcome()),
          result.reason().isEmpty() ? "-" : result.reason());
    }
    call.out().print(table.text(call.peer().quiet()));
    long refused = results.stream().filter(r -> r.outcome() == Outcome.REFUSED).count();
    if (refused > 0) {
      throw new CommandException(refused + " of " + results.size() + " were refused");
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> documents(Peer peer, Optional<String> given)
      throws CommandException {
    String root = given.orElse("/").replaceFirst("/+$", "");
    List<String> folders = new ArrayList<>();
    OF_LIBVIRT.forEach(folder -> folders.add(root + "/" + folder));
    if (given.isPresent()) {
      OF_A_COPY.forEach(folder -> folders.add(root + "/" + folder));
    }
    List<String> paths = new ArrayList<>();
    boolean found = false;
    for (String folder : folders) {
      found |= list(peer, folder, paths);
    }
    if (!found && given.isEmpty()) {
      throw new CommandException("no folder " + String.join(" or ", folders));
    }
    if (!found && !list(peer, given.get(), paths)) {
      throw new CommandException("no folder " + given.get());
    }
    if (!found && paths.isEmpty()) {
      throw new CommandException("no XML files in " + given.get());
    }
    List<String> contents = peer.readFiles(paths);
    Map<String, String> documents = new LinkedHashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      documents.put(paths.get(i), contents.get(i));
    }
    return documents;
  }

  /** Adds the paths of the XML files in a folder; false when it is not there. */
  private static boolean list(Peer peer, String folder, List<String> paths)
      throws CommandException {
    Optional<List<String>> names = peer.listFolder(folder);
    for (String name : names.orElse(List.of())) {
      if (name.endsWith(".xml")) {
        paths.add(folder + (folder.endsWith("/") ? "" : "/") + name);
      }
    }
    return names.isPresent();
  }
}
