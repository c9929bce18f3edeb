package org.virt.shell.internal.wire;

/** What a frame means; the payload is given with each. Text is UTF-8. */
public enum FrameType {
  /** Client, first frame: an encoded {@link Request}. */
  OPEN,
  /** Client: bytes of its standard input or keyboard. */
  INPUT,
  /** Client: its input has ended; empty. */
  INPUT_END,
  /** Client: the file that was asked for, or the names in the folder, a line each. */
  FILE,
  /** Client: why that file or folder cannot be read, or the user not be asked, text. */
  FILE_ERROR,
  /** Client: there is no such folder; empty. */
  NO_FOLDER,
  /**
   * Client: the edited text, or, when the editor failed, nothing and {@link #FILE_ERROR} instead.
   */
  EDITED,
  /** Client: the file was written; empty. */
  WROTE,
  /** Client: the program that it ran has ended; its exit status, decimal. */
  RAN,
  /** Client: the line that the user typed, without its end. */
  TYPED,
  /** Client: the user ended the input instead of typing a line; empty. */
  CANCELLED,
  /** Client: size of its window, {@code columns rows}, decimal. */
  WINDOW,
  /** Client: it wants the command to end; empty. */
  INTERRUPT,
  /** Runtime: bytes for standard output. */
  OUT,
  /** Runtime: bytes for standard error. */
  ERR,
  /** Runtime, last frame: exit status, decimal. */
  EXIT,
  /** Runtime: wants a file of the client's; its path as the user gave it. */
  READ_FILE,
  /** Runtime: wants a file of the client's written; path, zero byte, content. */
  WRITE_FILE,
  /** Runtime: wants the names in a folder of the client's; its path as the user gave it. */
  LIST_FOLDER,
  /** Runtime: wants the user to edit this text. */
  EDIT,
  /** Runtime: wants the demonstration to be run; empty. */
  DEMO,
  /** Runtime: wants the user to type a line, after this prompt. */
  ASK,
  /** Runtime: wants the user to type a line that the terminal does not show, after this prompt. */
  ASK_HIDDEN,
  /** Runtime: wants input, as the terminal delivers it; empty. */
  WANT_INPUT,
  /** Runtime: wants input key by key, without echo; empty. */
  WANT_KEYS,
  /** Runtime: the terminal goes back to its own settings; empty. */
  COOKED;

  private static final FrameType[] ALL = values();

  static FrameType of(int code) throws WireException {
    if (code < 0 || code >= ALL.length) {
      throw new WireException("unknown frame type " + code);
    }
    return ALL[code];
  }
}
