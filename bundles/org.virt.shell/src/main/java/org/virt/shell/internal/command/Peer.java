package org.virt.shell.internal.command;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.virt.api.auth.CredentialRequest.Echo;

/**
 * Whoever gives the command, and what only that side can do: reading its files, using its terminal.
 */
public interface Peer {
  /** Returns standard output. */
  PrintStream out();

  /** Returns standard error. */
  PrintStream err();

  /** Says whether nothing but the result is to be printed. */
  boolean quiet();

  /** Says whether a person sits at a terminal. */
  boolean hasTerminal();

  /**
   * Reads some of its files, and returns them in the order of the paths; {@code -} and {@code
   * /dev/stdin} are its standard input.
   *
   * @throws CommandException when one cannot be read, with the reason
   */
  List<String> readFiles(List<String> paths) throws CommandException;

  /**
   * Writes one of its files.
   *
   * @throws CommandException when it cannot be written, with the reason
   */
  void writeFile(String path, byte[] content) throws CommandException;

  /**
   * Returns the names of the files in one of its folders, sorted; absent when there is no such
   * folder. Names with line breaks are left out.
   *
   * @throws CommandException when it cannot be read, with the reason
   */
  Optional<List<String>> listFolder(String path) throws CommandException;

  /**
   * Has the user edit a text and returns it.
   *
   * @throws CommandException when the editor fails or there is none
   */
  String edit(String text) throws CommandException;

  /**
   * Runs the demonstration at the client.
   *
   * @return its exit status
   * @throws CommandException when it cannot be run there
   */
  int demo() throws CommandException;

  /**
   * Has the user type a line at the terminal.
   *
   * @return what was typed, for the caller to overwrite; absent when the user ended the input
   * @throws CommandException when there is no terminal
   */
  Optional<char[]> ask(String prompt, Echo echo) throws CommandException;

  /**
   * Gives every key at once and without echo, until closed.
   *
   * @throws CommandException when there is no terminal
   */
  Keyboard keyboard() throws CommandException;

  /**
   * Has something done when the user interrupts or goes away; at once if that has already happened.
   */
  void onInterrupt(Runnable action);

  /** Keys as they are pressed. */
  interface Keyboard extends AutoCloseable {
    /** Returns the keys. */
    InputStream input();

    /** Gives the terminal its own settings back. */
    @Override
    void close();
  }
}
