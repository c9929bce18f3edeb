package org.virt.rpc;

/**
 * An error as it travels: libvirt's {@code virError}.
 *
 * @param code libvirt's number of the error
 * @param domain libvirt's number of the part that it comes from
 * @param message for a person, with libvirt's text of the code before it
 * @param detail the message without that text
 */
public record RpcError(int code, int domain, String message, String detail) {
  /** The level of what failed, libvirt's {@code VIR_ERR_ERROR}. */
  private static final int LEVEL = 2;

  /** Where libvirt has nothing to say of these numbers. */
  private static final int UNUSED = -1;

  private static final StructType STRUCT = Protocol.libvirt().struct("remote_error");

  /** Returns it as the protocol has it. */
  public XdrStruct toXdr() {
    return STRUCT.of(code, domain, message, LEVEL, null, "%s", detail, null, UNUSED, UNUSED, null);
  }

  /** Reads what the protocol has. */
  public static RpcError of(XdrStruct struct) {
    return new RpcError(
        struct.integer("code"),
        struct.integer("domain"),
        struct.optionalText("message").orElse(""),
        struct.optionalText("str2").orElse(""));
  }

  /** Reads the body of a message whose status says that it is an error. */
  public static RpcError read(Packet packet) throws XdrException {
    return of(packet.read(STRUCT));
  }
}
