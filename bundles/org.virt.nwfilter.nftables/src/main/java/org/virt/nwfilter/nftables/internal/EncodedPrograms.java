package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
import org.virt.common.netlink.NetlinkWriter;

/** Programs as messages that add their chains and rules; nothing leads to them yet. */
final class EncodedPrograms {
  /** Numbers below are for the messages around these. */
  private static final int FIRST_SEQUENCE = 0x1000_0000;

  private static final int CAPACITY = 8192;

  private final List<Code.Program> programs;
  private final Batch batch = new Batch(new NetlinkWriter(FIRST_SEQUENCE, CAPACITY), Layout.TABLE);
  private final List<Origin> origins = new ArrayList<>();

  /** From which message on a chain or rule is meant, and which. */
  private record Origin(int sequence, Code.Program program, String rule) {}

  EncodedPrograms(List<Code.Program> programs) {
    this.programs = List.copyOf(programs);
    for (Code.Program program : programs) {
      origins.add(new Origin(batch.writer().lastSequence() + 1, program, ""));
      // All chains first: rules jump to them.
      program.outgoing().forEach(batch::newChain);
      program.incoming().forEach(batch::newChain);
      rules(program, program.outgoing());
      rules(program, program.incoming());
    }
  }

  private void rules(Code.Program program, List<Code.Chain> chains) {
    for (Code.Chain chain : chains) {
      for (Code.Rule rule : chain.rules()) {
        origins.add(new Origin(batch.newRule(chain.name(), rule), program, rule.comment()));
      }
    }
  }

  List<Code.Program> programs() {
    return programs;
  }

  NetlinkWriter messages() {
    return batch.writer();
  }

  /**
   * Returns the port and rule that a message was about, or all ports when it is none of these
   * messages.
   */
  String origin(int sequence) {
    Origin last = null;
    for (Origin origin : origins) {
      if (Integer.compareUnsigned(origin.sequence(), sequence) > 0) {
        break;
      }
      last = origin;
    }
    if (last == null) {
      List<String> ports = programs.stream().map(program -> program.port().id().name()).toList();
      return ports.size() == 1
          ? "port " + ports.get(0)
          : ports.size() + " ports (" + String.join(" ", ports) + ")";
    }
    return "port " + last.program().port().id() + (last.rule().isEmpty() ? "" : ", " + last.rule());
  }
}
