package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.HostCheck;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortCounts;
import org.virt.common.net.BridgeNetfilter;
import org.virt.common.netlink.TransactionWatch;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.ChangeNotice;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Statistics;
import org.virt.spi.nwfilter.TechniqueProbe;

/** Enforces port programs with ebtables, iptables and ip6tables, one run of each for a commit. */
@Component(
    service = {FilterTechnique.class, HostCheck.class},
    configurationPid = "org.virt.nwfilter.ebtables",
    property = {FilterTechnique.NAME + "=ebtables", "service.ranking:Integer=50"})
public final class EbtablesTechnique
    implements FilterTechnique, HostCheck, Statistics, ChangeNotice {
  private static final Logger LOG = LoggerFactory.getLogger(EbtablesTechnique.class);

  private final HostRules rules = new HostRules();

  /** The component's configuration; dots in the names of properties are underscores here. */
  public @interface Configuration {
    /** Lead bridged packets through iptables: {@code bridge.netfilter}, a boolean. */
    boolean bridge_netfilter() default false;
  }

  /** Switches on what the configuration asks for. */
  @Activate
  public void activate(Configuration configuration) {
    if (configuration.bridge_netfilter()) {
      new BridgeNetfilter().switchOnAsConfigured(LOG);
    }
  }

  @Override
  public Subscription watch(ChangeNotice.Listener listener) throws VirtException {
    return TransactionWatch.start("virt-ebtables-changes", new ChangeWatch(rules, listener));
  }

  @Override
  public PortCounts counts(PortRef port) throws VirtException {
    return rules.counts(port);
  }

  /** Ports share no rules. */
  @Override
  public void countApart(PortRef port) {}

  @Override
  public int group() {
    return GateLayout.GROUP;
  }

  @Override
  public TechniqueProbe probe() {
    return TechniqueProbe.of(check(), false);
  }

  @Override
  public List<Finding> check() {
    return Probe.run();
  }

  @Override
  public Prepared prepare(long generation, List<PortProgram> programs) throws VirtException {
    Reach.require(programs);
    Translator translator = new Translator(new Host());
    List<Translated> translated = new ArrayList<>(programs.size());
    for (PortProgram program : programs) {
      translated.add(translator.translate(program, generation));
    }
    return new EbtablesPrepared(rules, translated);
  }

  @Override
  public void remove(Collection<PortRef> ports) throws VirtException {
    rules.remove(ports);
  }

  /**
   * There are no lookups: which addresses a port has its program says. The time of those that end
   * is kept beside it.
   */
  @Override
  public void bind(List<AddressBinding> added, List<AddressBinding> dropped) throws VirtException {
    if (!added.isEmpty()) {
      rules.lease(added);
    }
  }

  @Override
  public List<InstalledProgram> list() throws VirtException {
    return rules.list();
  }

  /** Closes the way to the kernel; the rules stay in force. */
  @Deactivate
  public void close() {
    rules.close();
  }
}
