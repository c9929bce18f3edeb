package org.virt.nwfilter.internal.compile;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/** Compiles port programs; pure and safe for use by many threads. */
public final class PortCompiler {
  /** The variable whose value may be learned. */
  static final String IP = "IP";

  private static final String MAC = "MAC";

  /** Variables of this prefix are for the manager, not for rules. */
  private static final String CONTROL = "CTRL_";

  private PortCompiler() {}

  /**
   * What takes the place of {@code $IP} where the binding gives no value.
   *
   * @param ipv4 the addresses that are known now
   * @param lookups whether the technique has lookups: then positive, unmasked, plain uses become
   *     one, whatever the addresses are; all other uses become literals
   */
  public record Learned(List<Inet4Address> ipv4, boolean lookups) {
    public Learned {
      ipv4 = List.copyOf(ipv4);
    }
  }

  /**
   * Returns the names of variables that rules use and that have no value, sorted; {@code MAC}
   * never.
   *
   * @throws VirtException {@code NO_NWFILTER} for an unknown filter, {@code INVALID_NWFILTER} for a
   *     loop
   */
  public static Set<String> missing(Definitions definitions, FilterReference filter)
      throws VirtException {
    Set<String> missing = new TreeSet<>(FilterTree.of(definitions::named, filter).missing());
    missing.removeIf(name -> name.equals(MAC) || name.startsWith(CONTROL));
    return missing;
  }

  /**
   * Compiles a filter for a port.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} for a variable without value or with a
   *     wrong one, {@code INVALID_NWFILTER} for a rule that cannot be used, both with filter and
   *     rule; as {@link #missing}
   */
  public static PortProgram filter(
      Definitions definitions, FilterReference filter, PortRef port, Learned learned)
      throws VirtException {
    Map<String, List<String>> variables = new LinkedHashMap<>(filter.parameters());
    variables.putIfAbsent(MAC, List.of(port.mac().toString()));
    FilterTree tree =
        FilterTree.of(definitions::named, new FilterReference(filter.filter(), variables));
    return ProgramCompiler.compile(tree, port, learned);
  }

  /** Returns the program of a port whose address is not known yet. */
  public static PortProgram learning(PortRef port) {
    return LearningProgram.of(port, List.of());
  }

  /**
   * Returns the program of a port whose address is not known yet and may come from some servers
   * only.
   *
   * @param servers IPv4 addresses; empty for any server
   */
  public static PortProgram learning(PortRef port, Collection<? extends InetAddress> servers) {
    return LearningProgram.of(port, servers);
  }
}
