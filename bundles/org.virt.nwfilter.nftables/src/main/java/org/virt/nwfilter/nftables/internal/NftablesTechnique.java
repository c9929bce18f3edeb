package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.HostCheck;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FrameDecision;
import org.virt.api.nwfilter.PortCounts;
import org.virt.common.net.BridgeNetfilter;
import org.virt.common.netlink.TransactionWatch;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.ChangeNotice;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Statistics;
import org.virt.spi.nwfilter.TechniqueProbe;
import org.virt.spi.nwfilter.Trace;

/** Enforces port programs with one nf_tables table of the bridge family, by netlink. */
@Component(
    service = {FilterTechnique.class, HostCheck.class},
    configurationPid = "org.virt.nwfilter.nftables",
    property = {
      FilterTechnique.NAME + "=" + NftablesTechnique.TECHNIQUE,
      "service.ranking:Integer=100"
    })
public final class NftablesTechnique
    implements FilterTechnique, HostCheck, Statistics, Trace, ChangeNotice {
  static final String TECHNIQUE = "nftables";

  private static final Logger LOG = LoggerFactory.getLogger(NftablesTechnique.class);
  private static final Optional<Code.Next> NOTHING_NEXT = Optional.empty();
  private static final String SUBJECT = "nwfilter.nftables";

  /** More programs than a host has at once; then they are translated anew. */
  private static final int MOST_TRANSLATED = 2048;

  private final KernelTable table = new KernelTable();
  private final Reach reach = new Reach();

  /** Indexes of the ports whose rules count for them alone. */
  private final Set<Integer> apart = ConcurrentHashMap.newKeySet();

  /** What was translated before: most ports have the program of another one. */
  private final Map<Translated, Code.Rules> translated = new ConcurrentHashMap<>();

  private final BridgeNetfilter netfilter = new BridgeNetfilter();
  private final PathChooser paths = new PathChooser(Probe::run, netfilter, new Answers());
  private final IpSets ipSets = new IpSets();

  /** As for {@link PortRef}, the methods of a record would cost more. */
  private record Translated(Program program, Part path) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Translated that && path == that.path && program.equals(that.program);
    }

    @Override
    public int hashCode() {
      return program.hashCode() + path.ordinal();
    }
  }

  /** The component's configuration; dots in the names of properties are underscores here. */
  public @interface Configuration {
    /** Lead bridged packets through the hooks of IP: {@code bridge.netfilter}, a boolean. */
    boolean bridge_netfilter() default false;

    /**
     * Keep everybody else from changing our tables, where the kernel can: {@code table.owned}, a
     * boolean. Without, an administrator can change them with nft, which is noticed and undone.
     */
    boolean table_owned() default true;
  }

  /** Switches on what the configuration asks for. */
  @Activate
  public void activate(Configuration configuration) {
    if (!configuration.table_owned()) {
      table.share();
    }
    if (configuration.bridge_netfilter()) {
      netfilter.switchOnAsConfigured(LOG);
    }
  }

  @Override
  public Subscription watch(ChangeNotice.Listener listener) throws VirtException {
    return table.isOwned()
        ? () -> {}
        : TransactionWatch.start("virt-nftables-changes", new ChangeWatch(table, listener));
  }

  @Override
  public TechniqueProbe probe() {
    return TechniqueProbe.of(check(), true);
  }

  @Override
  public List<Finding> check() {
    Probe probe = Probe.run();
    List<Finding> findings = new ArrayList<>();
    if (probe.refusal().isPresent()) {
      String reason = probe.refusal().get();
      String remedy =
          reason.contains("not permitted")
              ? "run as root or with CAP_NET_ADMIN"
              : "a kernel with CONFIG_NF_TABLES_BRIDGE";
      return List.of(new Finding(SUBJECT, "nf_tables, family bridge", Result.FAIL, reason, remedy));
    }
    findings.add(
        new Finding(
            SUBJECT, "nf_tables, family bridge", Result.PASS, "rules and timed sets work", ""));
    findings.add(
        finding(
            probe.owned(),
            "tables with an owner",
            "others cannot flush our rules",
            "others can flush our rules",
            "Linux 6.9"));
    findings.add(transport(probe));
    findings.add(
        finding(
            probe.direct(),
            "macvtaps",
            "judged at the device",
            "refused: the kernel has no rules for what leaves by a device",
            "Linux 5.16 with CONFIG_NETFILTER_EGRESS"));
    findings.add(
        finding(
            probe.conntrack(),
            "bridge connection tracking",
            "there",
            "no stateful rules in family bridge",
            "a kernel with CONFIG_NF_CONNTRACK_BRIDGE"));
    findings.add(
        finding(
            probe.reject(),
            "bridge reject",
            "there",
            "no answers to refused packets in family bridge",
            "a kernel with CONFIG_NFT_BRIDGE_REJECT"));
    return findings;
  }

  private Finding transport(Probe probe) {
    String what = "transport rules";
    boolean ipv4 = netfilter.isOn(BridgeNetfilter.IPV4);
    boolean ipv6 = netfilter.isOn(BridgeNetfilter.IPV6);
    List<String> ways = new ArrayList<>();
    if (probe.conntrack()) {
      ways.add("in the bridge");
    }
    if (ipv4 || ipv6) {
      String which = ipv4 && ipv6 ? "" : ipv4 ? " (IPv4 only)" : " (IPv6 only)";
      ways.add("in the hooks of IP, by br_netfilter" + which);
    }
    return ways.isEmpty()
        ? new Finding(
            SUBJECT,
            what,
            Result.WARN,
            "refused: bridges track no connections, and br_netfilter is off",
            "bridge.netfilter = true in org.virt.nwfilter.nftables.cfg, or sysctl "
                + BridgeNetfilter.IPV4
                + "=1 "
                + BridgeNetfilter.IPV6
                + "=1")
        : new Finding(SUBJECT, what, Result.PASS, "judged " + String.join(" or ", ways), "");
  }

  private static Finding finding(
      boolean there, String what, String detail, String without, String remedy) {
    return new Finding(
        SUBJECT,
        what,
        there ? Result.PASS : Result.WARN,
        there ? detail : without,
        there ? "" : remedy);
  }

  @Override
  public Prepared prepare(long generation, List<PortProgram> programs) throws VirtException {
    reach.require(programs);
    List<Code.Port> ports = new ArrayList<>(programs.size());
    try {
      for (PortProgram program : programs) {
        ports.add(port(generation, program));
      }
    } catch (VirtException e) {
      paths.forget();
      throw e;
    }
    return new NftablesPrepared(table, ports, paths::forget);
  }

  private Code.Port port(long generation, PortProgram program) throws VirtException {
    Label label = new Label(program.port(), generation, program.program().digest());
    Code.Rules rules = rules(program);
    Optional<Code.Next> next =
        rules.isOfFrames() ? program.next().flatMap(behind -> next(label, behind)) : NOTHING_NEXT;
    return new Code.Port(label, program.addresses(), rules, next);
  }

  /** What cannot be made in advance is refused when its time has come. */
  private Optional<Code.Next> next(Label now, Program program) {
    try {
      Code.Rules rules = rules(new PortProgram(now.port(), program));
      Label label = new Label(now.port(), now.generation(), program.digest());
      return rules.isOfFrames() ? Optional.of(new Code.Next(label, rules)) : NOTHING_NEXT;
    } catch (VirtException e) {
      LOG.debug("port {}: no program in advance: {}", now.port(), e.getMessage());
      return NOTHING_NEXT;
    }
  }

  @Override
  public PortCounts counts(PortRef port) throws VirtException {
    return table.counts(port.id(), port.index());
  }

  @Override
  public void countApart(PortRef port) {
    apart.add(port.index());
  }

  @Override
  public Subscription trace(PortRef port, Consumer<FrameDecision> decisions) throws VirtException {
    return Tracer.start(table, port, decisions);
  }

  private Code.Rules rules(PortProgram program) throws VirtException {
    Code.Rules shared = shared(program);
    int index = program.port().index();
    return apart.contains(index) ? shared.apart(index) : shared;
  }

  private Code.Rules shared(PortProgram program) throws VirtException {
    Part path = reach.isDirect(program.port()) ? paths.direct(program) : paths.choose(program);
    Translated key = new Translated(program.program(), path);
    Code.Rules rules = translated.get(key);
    if (rules == null) {
      rules = Translator.translate(program, key.path(), ipSets);
      if (translated.size() >= MOST_TRANSLATED) {
        translated.clear();
      }
      if (PathChooser.all(program.program()).noneMatch(PathChooser::usesIpSet)) {
        translated.put(key, rules);
      }
    }
    return rules;
  }

  @Override
  public void remove(Collection<PortRef> ports) throws VirtException {
    ports.forEach(port -> apart.remove(port.index()));
    table.remove(ports.stream().map(PortRef::index).collect(Collectors.toSet()));
  }

  @Override
  public void bind(List<AddressBinding> added, List<AddressBinding> dropped) throws VirtException {
    table.bind(new AddressChange(added, dropped));
  }

  @Override
  public List<InstalledProgram> list() throws VirtException {
    return table.list();
  }

  /** Closes the socket; the rules stay in force. */
  @Deactivate
  public void close() {
    table.close();
  }
}
