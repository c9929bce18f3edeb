package org.virt.test.contract;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.TechniqueProbe;

/**
 * A technique whose rules are interpreted frame by frame.
 *
 * @param kernel what has the rules
 * @param allowed whether it takes any more
 */
record MemoryTechnique(MemoryKernel kernel, AtomicBoolean allowed) implements FilterTechnique {
  @Override
  public TechniqueProbe probe() {
    return new TechniqueProbe(true, true, List.of("rules in memory"));
  }

  @Override
  public Prepared prepare(long generation, List<PortProgram> programs) throws VirtException {
    for (PortProgram program : programs) {
      Program rules = program.program();
      if (rules.hasTransport()) {
        String rule = program.port() + ": " + rules.transportOutgoing().get(0).origin();
        throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, rule + ": connections are not known");
      }
      if (!Interpreter.ends(rules.outgoing()) || !Interpreter.ends(rules.incoming())) {
        throw new VirtException(
            ErrorCode.CONFIG_UNSUPPORTED, program.port() + ": chains that go in a circle");
      }
    }
    return new Prepared() {
      @Override
      public String text() {
        return programs.toString();
      }

      @Override
      public void commit() throws VirtException {
        check("commit " + programs);
        kernel.commit(generation, programs);
      }

      @Override
      public void discard() {}
    };
  }

  @Override
  public void remove(Collection<PortRef> ports) throws VirtException {
    check("remove " + ports);
    kernel.remove(ports);
  }

  @Override
  public void bind(List<AddressBinding> added, List<AddressBinding> dropped) throws VirtException {
    check("bind " + added);
    kernel.bind(added, dropped);
  }

  @Override
  public List<InstalledProgram> list() {
    return kernel.list();
  }

  private void check(String action) throws VirtException {
    if (!allowed.get()) {
      throw new VirtException(ErrorCode.BUILD_FIREWALL, action + ": refused");
    }
  }
}
