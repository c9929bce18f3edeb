package org.virt.nwfilter.internal.manager;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.RulesRequest;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/** Prints what a filter would become, and changes nothing. Of the loop. */
final class Preview {
  private static final FilterBinding.Owner NOBODY =
      new FilterBinding.Owner("preview", new UUID(0, 0));

  private final Engine engine;

  Preview(Engine engine) {
    this.engine = engine;
  }

  String text(RulesRequest request) throws VirtException {
    Definitions definitions = engine.definitions;
    String name = request.filter();
    if (name.stripLeading().startsWith("<")) {
      FilterDefinition given = FilterXml.parse(name).withUuid(UUID.randomUUID());
      definitions.check(given);
      definitions = definitions.with(given);
      name = given.name();
    } else {
      name = Redefinition.find(definitions, name).name();
    }
    // Rules are printed for an index; a port that does not exist has 1, the loopback interface's.
    int index = engine.links.find(request.port()).map(link -> link.index()).orElse(1);
    PortRef ref = new PortRef(request.port(), index, request.mac());
    FilterReference filter = new FilterReference(name, request.parameters());
    Port port =
        new Port(
            ref,
            new FilterBinding(NOBODY, request.port(), Optional.empty(), request.mac(), filter));
    Technique technique = technique(request);
    boolean lookups = technique.probe().lookups();
    PortProgram program =
        new PortProgram(
            ref,
            new Planner(definitions, lookups).filter(port),
            lookups ? port.bindings(Instant.EPOCH) : List.of());
    FilterTechnique.Prepared prepared = technique.service().prepare(1, List.of(program));
    try {
      return prepared.text();
    } finally {
      prepared.discard();
    }
  }

  private Technique technique(RulesRequest request) throws VirtException {
    if (request.technique().isEmpty()) {
      return engine
          .techniques
          .active()
          .orElseThrow(() -> new VirtException(ErrorCode.NO_SUPPORT, engine.techniques.whyNone()));
    }
    String name = request.technique().get();
    return engine
        .techniques
        .find(name)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.INVALID_ARG, "technique " + name + " is not installed"));
  }
}
