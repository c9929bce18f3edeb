package org.virt.test.contract;

import java.util.List;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;
import org.virt.spi.nwfilter.Step.Connection;
import org.virt.spi.nwfilter.Step.Rule;

/** Short words for programs. */
final class Programs {
  static final String ORIGIN = "filter contract, rule 1";
  static final Operand IPV4 = new Operand.Lookup(Operand.Family.IPV4);
  static final Operand IPV6 = new Operand.Lookup(Operand.Family.IPV6);
  static final Step ACCEPT_ALL = rule(Action.ACCEPT, Protocol.MAC);
  static final Step DROP_ALL = rule(Action.DROP, Protocol.MAC);

  private Programs() {}

  /** Returns a program that does the same both ways. */
  static PortProgram program(PortRef port, Chain... chains) {
    return program(port, List.of(chains), List.of(chains));
  }

  /** Returns a program that lets everything pass. */
  static PortProgram open(PortRef port) {
    return program(port, List.of(), List.of());
  }

  static PortProgram program(PortRef port, List<Chain> outgoing, List<Chain> incoming) {
    return new PortProgram(port, new Program(outgoing, incoming));
  }

  /** Returns a program of one chain that does the same both ways. */
  static PortProgram program(PortRef port, Step... steps) {
    return program(port, root(steps));
  }

  static Chain root(Step... steps) {
    return new Chain("root", List.of(steps));
  }

  static Step rule(Action action, Protocol protocol, Match... matches) {
    return new Rule(action, protocol, List.of(matches), Connection.ANY, ORIGIN);
  }

  static Step jump(String chain, Protocol protocol) {
    return new Step.Jump(chain, protocol);
  }

  static Match is(Field field, Operand operand) {
    return new Match(field, Sense.IS, operand);
  }

  static Match isNot(Field field, Operand operand) {
    return new Match(field, Sense.IS_NOT, operand);
  }

  static Operand number(long value) {
    return new Operand.Number(value, value);
  }

  static Operand mac(MacAddress value) {
    return new Operand.Mac(value, Operand.Mac.WHOLE);
  }

  static Operand mac(MacAddress value, String mask) {
    return new Operand.Mac(value, MacAddress.parse(mask));
  }

  static Operand net(String address, int prefix) {
    return new Operand.Net(Packets.address(address), prefix);
  }

  static Operand range(String from, String to) {
    return new Operand.NetRange(Packets.address(from), Packets.address(to));
  }
}
