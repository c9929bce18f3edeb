package org.virt.learnip.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An instruction of the classic packet filter ({@code struct sock_filter}, Linux
 * Documentation/networking/filter.rst).
 *
 * @param code operation
 * @param whenTrue how many instructions a true condition steps over, 0 to 255
 * @param whenFalse the same for a false one
 * @param operand k
 */
record BpfInstruction(int code, int whenTrue, int whenFalse, int operand) {
  /** {@code BPF_LD | BPF_W | BPF_ABS}. */
  static final int LOAD_WORD = 0x20;

  /** {@code BPF_LD | BPF_H | BPF_ABS}. */
  static final int LOAD_HALF = 0x28;

  /** {@code BPF_LD | BPF_B | BPF_ABS}. */
  static final int LOAD_BYTE = 0x30;

  /** {@code BPF_LD | BPF_H | BPF_IND}. */
  static final int LOAD_HALF_X = 0x48;

  /** {@code BPF_LDX | BPF_B | BPF_MSH}: the length of the IPv4 header. */
  static final int LOAD_X_HEADER_LENGTH = 0xb1;

  /** {@code BPF_JMP | BPF_JA}. */
  static final int JUMP = 0x05;

  /** {@code BPF_JMP | BPF_JEQ | BPF_K}. */
  static final int IF_EQUAL = 0x15;

  /** {@code BPF_JMP | BPF_JGT | BPF_K}. */
  static final int IF_GREATER = 0x25;

  /** {@code BPF_JMP | BPF_JGE | BPF_K}. */
  static final int IF_NOT_LESS = 0x35;

  /** {@code BPF_JMP | BPF_JSET | BPF_K}. */
  static final int IF_ANY_BIT = 0x45;

  /** {@code BPF_RET | BPF_K}. */
  static final int RETURN = 0x06;

  /** Protocol, packet type and interface of the frame: {@code SKF_AD_OFF + SKF_AD_*}. */
  static final int PROTOCOL = -0x1000;

  static final int PACKET_TYPE = -0x1000 + 4;
  static final int INTERFACE = -0x1000 + 8;

  private static final int SIZE = 8;

  /** Returns a program as the kernel takes it. */
  static byte[] encode(List<BpfInstruction> program) {
    ByteBuffer buffer = ByteBuffer.allocate(program.size() * SIZE).order(ByteOrder.nativeOrder());
    for (BpfInstruction instruction : program) {
      buffer.putShort((short) instruction.code);
      buffer.put((byte) instruction.whenTrue);
      buffer.put((byte) instruction.whenFalse);
      buffer.putInt(instruction.operand);
    }
    return buffer.array();
  }
}
