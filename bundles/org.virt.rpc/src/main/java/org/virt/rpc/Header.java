package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The header of a message.
 *
 * @param program number of the program
 * @param procedure number of the procedure there
 * @param type what the message is
 * @param serial ties replies and stream packets to their call; 0 in events
 * @param status whether it went well
 */
public record Header(
    int program, int procedure, MessageType type, int serial, MessageStatus status) {
  /** The bytes of a header. */
  public static final int SIZE = 24;

  public Header {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(status, "status");
  }

  /** Returns the header of a message about the same call. */
  public Header with(MessageType newType, MessageStatus newStatus) {
    return new Header(program, procedure, newType, serial, newStatus);
  }

  /** Returns the header of an event. */
  public static Header event(Procedure procedure) {
    return new Header(
        procedure.program().number(), procedure.number(), MessageType.EVENT, 0, MessageStatus.OK);
  }

  void encode(ByteBuffer out) {
    out.putInt(program).putInt(Program.VERSION).putInt(procedure);
    out.putInt(type.ordinal()).putInt(serial).putInt(status.ordinal());
  }

  /**
   * Reads a header.
   *
   * @throws XdrException when it is cut off or has a version, type or status that is not there
   */
  static Header decode(ByteBuffer in) throws XdrException {
    Bounds.need(in, SIZE);
    int program = in.getInt();
    int version = in.getInt();
    if (version != Program.VERSION) {
      throw new XdrException(
          "version %d of program 0x%x, not %d".formatted(version, program, Program.VERSION));
    }
    int procedure = in.getInt();
    MessageType type = constant(MessageType.values(), in.getInt());
    int serial = in.getInt();
    return new Header(
        program, procedure, type, serial, constant(MessageStatus.values(), in.getInt()));
  }

  private static <T> T constant(T[] constants, int number) throws XdrException {
    if (number < 0 || number >= constants.length) {
      throw new XdrException(
          "%s %d is not there".formatted(constants[0].getClass().getSimpleName(), number));
    }
    return constants[number];
  }
}
