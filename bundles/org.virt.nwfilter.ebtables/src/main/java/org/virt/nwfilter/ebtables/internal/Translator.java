package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;

/** Translates ports' programs; refuses what cannot be said exactly. */
final class Translator {
  private final HostFacts host;

  Translator(HostFacts host) {
    this.host = host;
  }

  /**
   * Translates a program.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port and the rule
   */
  Translated translate(PortProgram port, long generation) throws VirtException {
    Program program = port.program();
    Label label =
        new Label(
            port.port(),
            generation,
            program.digest(),
            program.outgoing().isEmpty(),
            TransportTranslator.has(program, Protocol.Layer.IPV4),
            TransportTranslator.has(program, Protocol.Layer.IPV6));
    try {
      if (port.port().id().name().endsWith("+")) {
        throw new Refused("a name that ends with + means all names that begin so");
      }
      List<Chain> link =
          new ArrayList<>(
              new LinkTranslator(label, Label.OUT, program.outgoing())
                  .translate(TransportTranslator.hidden(program.transportOutgoing())));
      link.addAll(
          new LinkTranslator(label, Label.IN, program.incoming())
              .translate(TransportTranslator.hidden(program.transportIncoming())));
      TransportTranslator transport = new TransportTranslator(label, program, host);
      return new Translated(
          label,
          port.addresses(),
          link,
          transport.translate(Protocol.Layer.IPV4),
          transport.translate(Protocol.Layer.IPV6));
    } catch (Refused e) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "translate to ebtables for port " + port.port() + ": " + e.getMessage());
    }
  }
}
