package org.virt.nwfilter.ebtables.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/** Short words for programs of a port vnet0. */
final class Samples {
  static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");
  static final PortRef PORT = new PortRef(new PortId("vnet0"), 5, MAC);
  static final Operand OWN = new Operand.PortMac();

  private static final HostFacts COMPLETE =
      new HostFacts() {
        @Override
        public void requireBridged(Protocol.Layer layer) {}

        @Override
        public void requireAnswers(PortId port, Protocol.Layer layer) {}

        @Override
        public void requireSet(String name) throws Refused {
          if (!name.equals("known")) {
            throw new Refused("there is no ipset " + name);
          }
        }
      };

  private Samples() {}

  static Translator translator() {
    return new Translator(COMPLETE);
  }

  static String text(PortProgram... programs) throws VirtException {
    List<Translated> translated = new java.util.ArrayList<>();
    for (PortProgram program : programs) {
      translated.add(translator().translate(program, 36));
    }
    return new EbtablesPrepared(new HostRules(), translated).text();
  }

  static PortProgram outgoing(Step... steps) {
    return program(new Program.Chain("root", List.of(steps)));
  }

  static PortProgram program(Program.Chain... chains) {
    return new PortProgram(PORT, new Program(List.of(chains), List.of()));
  }

  static PortProgram transport(Step.Rule... rules) {
    return new PortProgram(PORT, new Program(List.of(), List.of(), List.of(rules), List.of()));
  }

  static Step.Rule rule(Step.Action action, Protocol protocol, Match... matches) {
    return rule(action, protocol, Step.Connection.ANY, matches);
  }

  static Step.Rule rule(
      Step.Action action, Protocol protocol, Step.Connection connection, Match... matches) {
    return new Step.Rule(action, protocol, List.of(matches), connection, "filter test, rule 1");
  }

  static Match is(Field field, Operand operand) {
    return new Match(field, Match.Sense.IS, operand);
  }

  static Match isNot(Field field, Operand operand) {
    return new Match(field, Match.Sense.IS_NOT, operand);
  }

  static Operand number(long value) {
    return new Operand.Number(value, value);
  }

  static Operand mac(String value, String mask) {
    return new Operand.Mac(MacAddress.parse(value), MacAddress.parse(mask));
  }

  static Operand net(String address, int prefix) {
    return new Operand.Net(address(address), prefix);
  }

  static Operand range(String from, String to) {
    return new Operand.NetRange(address(from), address(to));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static String golden(String name) throws IOException {
    try (InputStream file = Samples.class.getResourceAsStream("/golden/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
