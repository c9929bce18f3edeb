package org.virt.spi.nwfilter;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

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

  static String of(Program program) {
    ProgramDigest digest = new ProgramDigest();
    digest.chains(program.outgoing());
    digest.chains(program.incoming());
    program.transportOutgoing().forEach(digest::rule);
    digest.text("end");
    program.transportIncoming().forEach(digest::rule);
    try {
      byte[] text = digest.out.toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void chains(List<Program.Chain> chains) {
    for (Program.Chain chain : chains) {
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
    text(rule.action().name()).text(rule.protocol().name());
    for (Match match : rule.matches()) {
      text(match.field().name()).text(match.sense().name());
      operand(match.operand());
    }
    connection(rule.connection());
    text(rule.origin());
  }

  /** The order of a set is not the same in every run. */
  private void connection(Step.Connection connection) {
    for (Step.State state : Step.State.values()) {
      if (connection.states().contains(state)) {
        text(state.name());
      }
    }
    connection.way().ifPresent(way -> text(way.name()));
  }

  private void operand(Operand operand) {
    if (operand instanceof Operand.Mac mac) {
      number(mac.value().value()).number(mac.mask().value());
    } else if (operand instanceof Operand.PortMac) {
      text("port");
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
