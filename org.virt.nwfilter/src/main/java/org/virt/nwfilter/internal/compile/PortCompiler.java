package org.virt.nwfilter.internal.compile;

import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Program;

/** Compiles programs; pure and safe for use by many threads. */
public final class PortCompiler {
  /** Variables of this prefix are for the manager, not for rules. */
  private static final String CONTROL = "CTRL_";

  private PortCompiler() {}

  /**
   * A compiled filter.
   *
   * @param program its rules
   * @param shared whether they are the same for every port whose binding differs in its own
   *     addresses only
   */
  public record Compiled(Program program, boolean shared) {}

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
    missing.removeIf(name -> name.equals(Own.MAC) || name.startsWith(CONTROL));
    return missing;
  }

  /**
   * Compiles a filter for a port.
   *
   * @throws VirtException {@code INVALID_NWFILTER_BINDING} for a variable without value or with a
   *     wrong one, {@code INVALID_NWFILTER} for a rule that cannot be used, both with filter and
   *     rule; as {@link #missing}
   */
  public static Compiled filter(Definitions definitions, FilterReference filter, Own own)
      throws VirtException {
    Map<String, List<String>> variables = new LinkedHashMap<>(filter.parameters());
    variables.putIfAbsent(Own.MAC, List.of(own.mac().toString()));
    FilterTree tree =
        FilterTree.of(definitions::named, new FilterReference(filter.filter(), variables));
    return ProgramCompiler.compile(tree, own);
  }

  /**
   * Returns the program of a port whose addresses are not known yet.
   *
   * @param servers the DHCP servers that may assign one; none of a family for any server
   * @param families whose addresses are to be learned
   */
  public static Program learning(
      Collection<? extends InetAddress> servers, Set<Operand.Family> families) {
    return LearningProgram.of(servers, families);
  }
}
