package org.virt.shell.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;
import org.virt.shell.internal.wire.Request;

/**
 * Reads lines from a person at the client's terminal, with editing, completion and history, and
 * runs them in Gogo.
 */
final class InteractiveShell {
  private static final Logger LOG = LoggerFactory.getLogger(InteractiveShell.class);
  private static final Pattern TERMINAL_TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+._-]{0,40}");
  private static final String PROMPT = "virt # ";

  private final ShellContext context;
  private final SocketPeer client;
  private final Request request;

  InteractiveShell(ShellContext context, SocketPeer client, Request request) {
    this.context = context;
    this.client = client;
    this.request = request;
  }

  /** Runs until the user leaves and returns the exit status. */
  int run() throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // JLine looks for its parts through the context class loader.
    thread.setContextClassLoader(LineReader.class.getClassLoader());
    try (Terminal opened = open()) {
      client.onWindow(size -> resize(opened, size));
      Session session = new Session(request.uri());
      TerminalPeer peer = new TerminalPeer(client, opened);
      opened.handle(Terminal.Signal.INT, signal -> client.interrupts().fire());
      try (GogoSession gogo = context.gogo(peer, session)) {
        read(gogo, reader(opened, gogo), peer);
      }
      return CommandTable.DONE;
    } finally {
      client.onWindow(size -> {});
      client.cooked();
      thread.setContextClassLoader(before);
    }
  }

  private static void resize(Terminal terminal, String columnsAndRows) {
    String[] numbers = columnsAndRows.split(" ");
    try {
      terminal.setSize(new Size(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
      terminal.raise(Terminal.Signal.WINCH);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      LOG.debug("no window size: {}", columnsAndRows);
    }
  }

  private Terminal open() throws IOException {
    String type = request.terminal().type();
    InputStream keys = client.wantKeys();
    OutputStream screen = client.out();
    Terminal opened =
        new ExternalTerminal(
            "virt",
            TERMINAL_TYPE.matcher(type).matches() ? type : Terminal.TYPE_DUMB,
            keys,
            screen,
            StandardCharsets.UTF_8);
    if (request.terminal().columns() > 0) {
      opened.setSize(new Size(request.terminal().columns(), request.terminal().rows()));
    }
    return opened;
  }

  private LineReader reader(Terminal opened, GogoSession gogo) {
    Path directory = Path.of(request.directory());
    Completion completion = new Completion(context.table(), gogo.session(), directory);
    return LineReaderBuilder.builder()
        .appName("virt")
        .terminal(opened)
        .parser(new Parser())
        .completer((reader, line, candidates) -> complete(completion, gogo, line, candidates))
        .variable(LineReader.HISTORY_FILE, context.home().resolve("shell_history"))
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "> ")
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .build();
  }

  private static void complete(
      Completion completion, GogoSession gogo, ParsedLine line, List<Candidate> candidates) {
    List<String> words =
        line.words().subList(0, Math.min(line.wordIndex() + 1, line.words().size()));
    for (String candidate : completion.candidates(words)) {
      boolean folder = candidate.endsWith("/");
      candidates.add(new Candidate(candidate, candidate, null, null, null, null, !folder));
    }
    if (words.size() <= 1) {
      frameworkCommands(gogo.gogo()).forEach(name -> candidates.add(new Candidate(name)));
    }
  }

  /** Returns the names with scope of all commands that are not ours. */
  private static List<String> frameworkCommands(Optional<CommandSession> gogo) {
    Object names = gogo.map(session -> session.get(".commands")).orElse(Set.of());
    return ((Set<?>) names)
        .stream()
            .map(String::valueOf)
            .filter(name -> name.contains(":") && !name.startsWith("virt:"))
            .sorted()
            .toList();
  }

  private void read(GogoSession gogo, LineReader reader, TerminalPeer peer) throws IOException {
    if (!request.quiet()) {
      peer.out().println("Type 'help' for the commands, 'quit' to leave; the runtime goes on.\n");
      peer.out().flush();
    }
    while (!gogo.ended()) {
      try {
        String line = reader.readLine(PROMPT);
        client.interrupts().reset();
        // JLine interrupts the reading thread at Ctrl-C; a late one must not hit the next command.
        Thread.interrupted();
        gogo.line(line);
      } catch (UserInterruptException e) {
        LOG.trace("line dropped");
      } catch (EndOfFileException e) {
        break;
      }
    }
    reader.getHistory().save();
  }
}
