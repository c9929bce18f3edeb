package org.virt.nwfilter.internal.manager;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FrameDecision;
import org.virt.api.nwfilter.PortCounts;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.Statistics;
import org.virt.spi.nwfilter.Trace;

/** Asks a port's technique what its rules do. Of the loop. */
final class Insight {
  private final Engine engine;

  Insight(Engine engine) {
    this.engine = engine;
  }

  PortCounts counts(PortId name) throws VirtException {
    Port port = bound(name);
    return facet(port, Statistics.class, "count packets").counts(port.ref);
  }

  void countApart(PortId name, CompletableFuture<Void> done) throws VirtException {
    Port port = bound(name);
    facet(port, Statistics.class, "count packets").countApart(port.ref);
    // Its rules are the same, but under other names.
    port.addressesIn = "";
    port.installed = port.installed.outdated();
    engine.ports.touch(port);
    port.waiters.add(done);
  }

  Subscription trace(PortId name, Consumer<FrameDecision> decisions) throws VirtException {
    Port port = bound(name);
    return facet(port, Trace.class, "trace frames").trace(port.ref, decisions);
  }

  private Port bound(PortId name) throws VirtException {
    return engine
        .ports
        .find(name)
        .orElseThrow(
            () ->
                new VirtException(ErrorCode.NO_NWFILTER_BINDING, "no filter is bound to " + name));
  }

  private <T> T facet(Port port, Class<T> type, String action) throws VirtException {
    String name = port.installed.technique();
    Technique technique =
        engine
            .techniques
            .find(name)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.OPERATION_INVALID,
                        action
                            + " of "
                            + port.ref
                            + ": "
                            + (name.isEmpty()
                                ? "it has no rules"
                                : "the technique " + name + " of its rules is not installed")));
    if (!type.isInstance(technique.service())) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          action + " of " + port.ref + ": the technique " + name + " cannot do that");
    }
    return type.cast(technique.service());
  }
}
