package org.virt.core.internal;

import java.io.InputStream;
import java.io.OutputStream;
import org.virt.api.Console;

/** A console that ends with its session. */
final class SessionConsole implements Console {
  private final Console console;
  private final Session session;

  SessionConsole(Console console, Session session) {
    this.console = console;
    this.session = session;
    session.keep(console);
  }

  @Override
  public InputStream input() {
    return console.input();
  }

  @Override
  public OutputStream output() {
    return console.output();
  }

  @Override
  public void close() {
    session.forget(console);
    console.close();
  }
}
