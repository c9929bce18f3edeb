package org.virt.shell.internal.server;

import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/**
 * Gogo's own tools for a session: what a command prints is piped into them. Their bundle is not
 * started, because its activator would read this process's standard input.
 */
final class GogoTools {
  private static final List<String> TEXT =
      List.of("cat", "date", "echo", "grep", "head", "sort", "tail", "wc");
  private static final List<String> CONTROL =
      List.of("break", "continue", "each", "if", "not", "throw", "try", "until", "while");

  private GogoTools() {}

  static void addTo(CommandSession session, CommandProcessor processor) {
    Posix text = new Posix(processor);
    for (String name : TEXT) {
      session.put(
          name,
          (Function)
              (caller, arguments) -> {
                text._main(
                    caller,
                    line(name, arguments).stream().map(String::valueOf).toArray(String[]::new));
                return null;
              });
    }
    Procedural control = new Procedural();
    for (String name : CONTROL) {
      session.put(
          name, (Function) (caller, arguments) -> control(control, caller, line(name, arguments)));
    }
  }

  private static List<Object> line(String name, List<Object> arguments) {
    List<Object> line = new ArrayList<>();
    line.add(name);
    line.addAll(arguments);
    return line;
  }

  private static Object control(Procedural control, CommandSession caller, List<Object> line)
      throws Exception {
    try {
      return control._main(caller, line.toArray());
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
