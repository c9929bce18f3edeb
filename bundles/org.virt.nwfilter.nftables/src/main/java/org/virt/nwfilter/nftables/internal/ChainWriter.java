package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;

/** Adds chains with their rules to a batch, and remembers which message is about which of them. */
final class ChainWriter {
  private final Batch batch;
  private final List<Origin> origins = new ArrayList<>();
  private int end;

  /** From which message on a chain or rule is meant, and which. */
  private record Origin(int sequence, String port, String rule) {}

  ChainWriter(Batch batch) {
    this.batch = batch;
  }

  /**
   * Adds the chains of a program; nothing leads to them yet.
   *
   * @param port a port that needs them
   */
  void add(Code.Rules rules, String port) {
    origins.add(new Origin(batch.writer().lastSequence() + 1, port, ""));
    // All chains first: rules jump to them.
    for (Code.Chain chain : rules.chains()) {
      batch.of(chain.family()).newChain(chain);
    }
    batch.sets(rules.transport().limits());
    for (Code.Chain chain : rules.chains()) {
      Batch its = batch.of(chain.family());
      for (Code.Rule rule : chain.rules()) {
        origins.add(new Origin(its.newCountedRule(chain.name(), rule), port, rule.comment()));
      }
    }
    end = batch.writer().lastSequence();
  }

  /** Returns the port and rule that a message is about; empty when it is about none of these. */
  String origin(int sequence) {
    Origin last = null;
    for (Origin origin : origins) {
      if (origin.sequence() > sequence) {
        break;
      }
      last = origin;
    }
    return last == null || sequence > end
        ? ""
        : "port " + last.port() + (last.rule().isEmpty() ? "" : ", " + last.rule());
  }
}
