package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.Domain;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Peer.Keyboard;

/**
 * Connects the caller's terminal with a serial device, until {@code ^]} or the end of the machine.
 */
final class ConsoleCommand {
  private static final int ESCAPE = 0x1d;
  private static final int BUFFER = 4096;

  void run(Invocation call) throws Exception {
    Set<OpenFlag> flags = EnumSet.noneOf(OpenFlag.class);
    for (OpenFlag flag : OpenFlag.values()) {
      if (call.arguments().has(flag.name().toLowerCase(Locale.ROOT))) {
        flags.add(flag);
      }
    }
    attach(call, call.domain(), call.arguments().value("devname").orElse(""), flags);
  }

  void attach(Invocation call, Domain domain, String device, Set<OpenFlag> flags) throws Exception {
    if (!call.peer().hasTerminal()) {
      throw new CommandException("Cannot run interactive console without a controlling TTY");
    }
    String name = attempt("failed to get the domain's name", () -> domain.summary().name());
    try (Console console =
        attempt(
            "Failed to open console of domain '" + name + "'",
            () -> domain.console(device, flags))) {
      call.out().println("Connected to domain '" + name + "'");
      call.out().println("Escape character is ^] (Ctrl + ])");
      call.out().flush();
      try (Keyboard keyboard = call.peer().keyboard()) {
        Thread typing = new Thread(() -> type(keyboard.input(), console), "virt-shell-console");
        typing.setDaemon(true);
        call.peer().onInterrupt(console::close);
        typing.start();
        show(console, call.out());
      }
      call.out().println();
    }
  }

  /** Hands keys to the guest; closing the console at the escape key ends the other direction. */
  private static void type(InputStream keys, Console console) {
    try {
      OutputStream guest = console.output();
      for (int key = keys.read(); key >= 0 && key != ESCAPE; key = keys.read()) {
        guest.write(key);
        guest.flush();
      }
    } catch (IOException e) {
      // The machine has ended: its output ends too, and that is where it is noticed.
    } finally {
      console.close();
    }
  }

  private static void show(Console console, PrintStream out) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream guest = console.input();
      for (int length = guest.read(buffer); length >= 0; length = guest.read(buffer)) {
        out.write(buffer, 0, length);
        out.flush();
      }
    } catch (IOException e) {
      // Closed by the escape key.
    }
  }
}
