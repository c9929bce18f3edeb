package org.virt.learnip.internal;

import java.util.ArrayList;
import java.util.List;

/** Puts a packet filter together from instructions and labels; jumps go forward only. */
final class BpfAssembler {
  private static final int MAX_STEP = 255;

  private final List<Line> lines = new ArrayList<>();

  /** A place in the program, known once it is {@linkplain #place(Label) placed}. */
  static final class Label {
    private int position = -1;
  }

  private record Line(int code, int operand, Label whenTrue, Label whenFalse) {}

  /** Adds an instruction that does not jump. */
  BpfAssembler add(int code, int operand) {
    lines.add(new Line(code, operand, null, null));
    return this;
  }

  /** Adds a jump of any length. */
  BpfAssembler jump(Label to) {
    lines.add(new Line(BpfInstruction.JUMP, 0, to, null));
    return this;
  }

  /** Adds a condition; both places are at most 255 instructions away. */
  BpfAssembler test(int code, int operand, Label whenTrue, Label whenFalse) {
    lines.add(new Line(code, operand, whenTrue, whenFalse));
    return this;
  }

  /** Gives a label the place of the next instruction. */
  BpfAssembler place(Label label) {
    label.position = lines.size();
    return this;
  }

  /** Adds a condition that goes on with the next instruction when it holds. */
  BpfAssembler require(int code, int operand, Label otherwise) {
    Label next = new Label();
    return test(code, operand, next, otherwise).place(next);
  }

  /** Adds a condition that goes on with the next instruction when it does not hold. */
  BpfAssembler unless(int code, int operand, Label then) {
    Label next = new Label();
    return test(code, operand, then, next).place(next);
  }

  /** Returns the program. */
  List<BpfInstruction> program() {
    List<BpfInstruction> program = new ArrayList<>(lines.size());
    for (Line line : lines) {
      int at = program.size();
      if (line.whenTrue == null) {
        program.add(new BpfInstruction(line.code, 0, 0, line.operand));
      } else if (line.whenFalse == null) {
        program.add(new BpfInstruction(line.code, 0, 0, step(line.whenTrue, at)));
      } else {
        int whenTrue = near(step(line.whenTrue, at));
        int whenFalse = near(step(line.whenFalse, at));
        program.add(new BpfInstruction(line.code, whenTrue, whenFalse, line.operand));
      }
    }
    return List.copyOf(program);
  }

  private static int step(Label to, int from) {
    if (to.position <= from) {
      throw new IllegalStateException("a packet filter jumps forward only");
    }
    return to.position - from - 1;
  }

  private static int near(int step) {
    if (step > MAX_STEP) {
      throw new IllegalStateException(
          "a condition of a packet filter jumps " + step + " instructions");
    }
    return step;
  }
}
