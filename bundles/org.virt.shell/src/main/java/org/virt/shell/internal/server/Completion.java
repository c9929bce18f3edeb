package org.virt.shell.internal.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainSummary;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.TechniqueStatus;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Parameter;
import org.virt.shell.internal.command.Parameter.Kind;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Services;
import org.virt.shell.internal.command.Session;
import org.virt.shell.internal.commands.EventCommand;

/**
 * Says what could stand at a place of a line, by the declarations of the commands and what is there
 * now.
 */
final class Completion {
  private static final Logger LOG = LoggerFactory.getLogger(Completion.class);
  private static final int MAX_FILES = 1000;

  private final CommandTable table;
  private final Session session;
  private final Path directory;

  Completion(CommandTable table, Session session, Path directory) {
    this.table = table;
    this.session = session;
    this.directory = directory;
  }

  /**
   * Returns candidates for the last word; those that do not begin like it are among them.
   *
   * @param words the words of the line up to the cursor; the last one may be empty
   */
  List<String> candidates(List<String> words) {
    if (words.size() <= 1) {
      return table.all().stream().map(Command::name).toList();
    }
    Optional<Command> command = table.find(words.get(0));
    if (command.isEmpty()) {
      return List.of();
    }
    String last = words.get(words.size() - 1);
    List<String> before = words.subList(1, words.size() - 1);
    if (last.startsWith("--")) {
      return command.get().parameters().stream()
          .filter(
              parameter ->
                  parameter.kind() == Kind.REPEATED || !before.contains("--" + parameter.name()))
          .map(parameter -> "--" + parameter.name())
          .toList();
    }
    return expected(command.get(), before)
        .map(parameter -> values(parameter.values(), last))
        .orElse(List.of());
  }

  /** Finds the parameter whose value comes after some words. */
  private static Optional<Parameter> expected(Command command, List<String> before) {
    List<Parameter> open =
        new ArrayList<>(command.parameters().stream().filter(Parameter::isArgument).toList());
    Optional<Parameter> option = Optional.empty();
    for (String word : before) {
      if (option.isPresent()) {
        open.remove(option.get());
        option = Optional.empty();
      } else if (word.startsWith("--")) {
        option =
            command.parameter(word.substring(2)).filter(parameter -> parameter.kind() != Kind.FLAG);
      } else if (!open.isEmpty()) {
        open.remove(0);
      }
    }
    return option.isPresent() ? option : open.stream().findFirst();
  }

  private List<String> values(Values values, String word) {
    try {
      Services services = table.services();
      return switch (values) {
        case NOTHING -> List.of();
        case DOMAIN -> domains(services).map(DomainSummary::name).toList();
        case ACTIVE_DOMAIN ->
            domains(services).filter(DomainSummary::isActive).map(DomainSummary::name).toList();
        case INACTIVE_DOMAIN ->
            domains(services).filter(d -> !d.isActive()).map(DomainSummary::name).toList();
        case FILE -> files(word);
        case FILTER -> filters(services);
        case FILTER_OR_FILE ->
            Stream.concat(filters(services).stream(), files(word).stream()).toList();
        case PORT ->
            services.filters().status().stream()
                .map(PortStatus::port)
                .map(Object::toString)
                .toList();
        case TECHNIQUE ->
            services.filters().techniques().stream().map(TechniqueStatus::name).toList();
        case FORMAT -> List.copyOf(services.formats().keySet());
        case COMMAND ->
            Stream.concat(
                    table.all().stream().map(Command::name),
                    Arrays.stream(Group.values()).map(Group::keyword))
                .toList();
        case EVENT -> EventCommand.types();
      };
    } catch (VirtException | IOException | InvalidPathException e) {
      LOG.debug("nothing to complete with: {}", e.toString());
      return List.of();
    }
  }

  private Stream<DomainSummary> domains(Services services) throws VirtException {
    return services.connect(session.uri(), Authenticator.none()).domains().stream();
  }

  private static List<String> filters(Services services) throws VirtException {
    return services.filters().filters().stream().map(NetworkFilter::name).toList();
  }

  /** Lists the folder that a word names, relative to the client's: it is on this host too. */
  private List<String> files(String word) throws IOException {
    String folder = word.substring(0, word.lastIndexOf('/') + 1);
    Path listed = directory.resolve(folder);
    if (!Files.isDirectory(listed)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(listed)) {
      return files
          .limit(MAX_FILES)
          .map(file -> folder + file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
          .sorted()
          .toList();
    }
  }
}
