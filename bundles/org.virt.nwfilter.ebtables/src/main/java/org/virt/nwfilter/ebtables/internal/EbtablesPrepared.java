package org.virt.nwfilter.ebtables.internal;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.FilterTechnique;

/** Translated programs. */
final class EbtablesPrepared implements FilterTechnique.Prepared {
  private static final List<Family> ORDER = List.of(Family.IPV4, Family.IPV6, Family.BRIDGE);

  private final HostRules rules;
  private final List<Translated> programs;
  private boolean done;

  EbtablesPrepared(HostRules rules, List<Translated> programs) {
    this.rules = rules;
    this.programs = List.copyOf(programs);
  }

  /** Returns what the tools read for these ports when there are no others. */
  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Family family : ORDER) {
      if (programs.stream().anyMatch(program -> program.label().has(family))) {
        text.append("# ").append(family.restore()).append(" --noflush\n");
        text.append(text(family).explained());
      }
    }
    return text.toString();
  }

  private RestoreText text(Family family) {
    RestoreText text = new RestoreText(family);
    Ports ports = new Ports(family);
    for (Translated program : programs) {
      program.of(family).forEach(text::chain);
      ports.add(program.label());
    }
    Dispatch.of(family, ports).forEach(text::chain);
    family.hooks().forEach(text::hook);
    return text;
  }

  @Override
  public synchronized void commit() throws VirtException {
    if (done) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "commit ebtables rules: they were committed or given up");
    }
    rules.commit(programs);
    done = true;
  }

  @Override
  public synchronized void discard() {
    done = true;
  }
}
