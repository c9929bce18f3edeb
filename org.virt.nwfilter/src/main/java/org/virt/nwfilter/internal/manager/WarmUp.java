package org.virt.nwfilter.internal.manager;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;

/**
 * Has the JVM compile what makes rules before the first guest needs them: translates a standard
 * filter some times, in the background, and applies nothing. The first binding of a runtime takes
 * 30 to 60 ms less then.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String FILTER = "clean-traffic";

  /** The JVM's first compiler takes a method after 200 calls. */
  private static final int ROUNDS = 250;

  private static final PortRef NOBODY =
      new PortRef(new PortId("warmup"), Integer.MAX_VALUE, new MacAddress(0x525400000000L));

  private final Definitions definitions;
  private final Technique technique;
  private volatile boolean ended;

  WarmUp(Definitions definitions, Technique technique) {
    this.definitions = definitions;
    this.technique = technique;
  }

  /** Begins; ends by itself, or with {@link #end}. */
  void start() {
    Thread thread = new Thread(this::run, "virt-nwfilter-warmup");
    thread.setDaemon(true);
    thread.start();
  }

  void end() {
    ended = true;
  }

  private void run() {
    FilterBinding binding =
        new FilterBinding(
            new FilterBinding.Owner(NOBODY.id().name(), new UUID(0, 0)),
            NOBODY.id(),
            Optional.empty(),
            NOBODY.mac(),
            new FilterReference(FILTER, Map.of()));
    try {
      for (int i = 0; i < ROUNDS && !ended; i++) {
        Port port = new Port(NOBODY, binding);
        Planner planner = new Planner(definitions, technique.probe().lookups());
        prepare(planner.plan(port).program());
        prepare(planner.filter(port));
      }
    } catch (VirtException | RuntimeException | Error e) {
      LOG.debug("translate {} in advance: {}", FILTER, e.toString());
    }
  }

  private void prepare(Program program) throws VirtException {
    technique.service().prepare(1, List.of(new PortProgram(NOBODY, program))).discard();
  }
}
