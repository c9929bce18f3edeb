package org.virt.spi.nwfilter;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Hashes a program. It writes every part of it down in a form of its own, without {@code
 * toString()}: a thousand ports are compared at each start.
 */
final class ProgramDigest {
  private static final int DIGEST_BYTES = 12;
  private static final int USUAL_LENGTH = 4096;
  private static final char END = '\n';

  private final StringBuilder out = new StringBuilder(USUAL_LENGTH);

  private ProgramDigest() {}

  static String of(PortProgram program) {
    ProgramDigest digest = new ProgramDigest();
    PortRef port = program.port();
    digest.text(port.id().name()).number(port.index()).number(port.mac().value());
    digest.chains(program.outgoing());
    digest.chains(program.incoming());
    program.transport().forEach(digest::rule);
    try {
      byte[] text = digest.out.toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void chains(List<PortProgram.Chain> chains) {
    for (PortProgram.Chain chain : chains) {
      text("chain").text(chain.name());
      for (Step step : chain.steps()) {
        if (step instanceof Step.Jump jump) {
          text("jump").text(jump.chain()).text(jump.protocol().name());
        } else if (step instanceof Step.Rule rule) {
          rule(rule);
        }
      }
    }
    text("end");
  }

  private void rule(Step.Rule rule) {
    text(rule.action().name()).text(rule.direction().name()).text(rule.protocol().name());
    for (Match match : rule.matches()) {
      text(match.field().name()).text(match.sense().name());
      operand(match.operand());
    }
    states(rule.states());
    text(rule.origin());
  }

  /** The order of a set is not the same in every run. */
  private void states(Set<Step.State> states) {
    for (Step.State state : Step.State.values()) {
      if (states.contains(state)) {
        text(state.name());
      }
    }
  }

  private void operand(Operand operand) {
    if (operand instanceof Operand.Mac mac) {
      number(mac.value().value()).number(mac.mask().value());
    } else if (operand instanceof Operand.Number number) {
      number(number.from()).number(number.to());
    } else if (operand instanceof Operand.Net net) {
      address(net.address()).number(net.prefix());
    } else if (operand instanceof Operand.NetRange range) {
      address(range.from()).address(range.to());
    } else if (operand instanceof Operand.Lookup lookup) {
      text(lookup.family().name());
    } else if (operand instanceof Operand.TcpFlags flags) {
      number(flags.mask()).number(flags.flags());
    } else if (operand instanceof Operand.IpSet set) {
      text(set.name());
      set.source().forEach(source -> number(source ? 1 : 0));
    }
  }

  private ProgramDigest address(InetAddress address) {
    for (byte b : address.getAddress()) {
      out.append(b & 0xff).append('.');
    }
    out.append(END);
    return this;
  }

  private ProgramDigest number(long number) {
    out.append(number).append(END);
    return this;
  }

  private ProgramDigest text(String text) {
    out.append(text).append(END);
    return this;
  }
}
