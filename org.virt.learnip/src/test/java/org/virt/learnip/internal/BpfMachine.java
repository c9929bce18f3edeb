package org.virt.learnip.internal;

import java.util.List;

/** Runs a packet filter on a cooked frame as the kernel runs it on a packet socket. */
final class BpfMachine {
  private BpfMachine() {}

  static int run(List<BpfInstruction> program, byte[] cooked) {
    long a = 0;
    int x = 0;
    for (int at = 0; ; at++) {
      BpfInstruction instruction = program.get(at);
      int k = instruction.operand();
      switch (instruction.code()) {
        case BpfInstruction.LOAD_WORD -> a = ancillary(cooked, k);
        case BpfInstruction.LOAD_HALF, BpfInstruction.LOAD_HALF_X -> {
          int offset =
              CookedFrame.HEADER + k + (instruction.code() == BpfInstruction.LOAD_HALF ? 0 : x);
          if (offset + 2 > cooked.length) {
            return 0;
          }
          a = Bytes.u16(cooked, offset);
        }
        case BpfInstruction.LOAD_BYTE -> {
          if (CookedFrame.HEADER + k >= cooked.length) {
            return 0;
          }
          a = Bytes.u8(cooked, CookedFrame.HEADER + k);
        }
        case BpfInstruction.LOAD_X_HEADER_LENGTH ->
            x = (Bytes.u8(cooked, CookedFrame.HEADER + k) & 0xf) * 4;
        case BpfInstruction.JUMP -> at += k;
        case BpfInstruction.IF_EQUAL -> at += step(instruction, a == k);
        case BpfInstruction.IF_GREATER -> at += step(instruction, a > k);
        case BpfInstruction.IF_NOT_LESS -> at += step(instruction, a >= k);
        case BpfInstruction.IF_ANY_BIT -> at += step(instruction, (a & k) != 0);
        case BpfInstruction.RETURN -> {
          return k;
        }
        default -> throw new IllegalStateException("unknown instruction " + instruction);
      }
    }
  }

  private static int step(BpfInstruction instruction, boolean holds) {
    return holds ? instruction.whenTrue() : instruction.whenFalse();
  }

  private static long ancillary(byte[] cooked, int k) {
    return switch (k) {
      case BpfInstruction.PROTOCOL -> Bytes.u16(cooked, 0);
      case BpfInstruction.PACKET_TYPE -> Bytes.u8(cooked, 10);
      case BpfInstruction.INTERFACE -> CookedFrame.index(cooked);
      default -> throw new IllegalStateException("unknown ancillary load " + k);
    };
  }
}
