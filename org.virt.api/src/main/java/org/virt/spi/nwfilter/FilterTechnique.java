package org.virt.spi.nwfilter;

import java.util.Collection;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/**
 * Puts port programs into the host's kernel. Register it as an OSGi service with the property
 * {@link #NAME}; the service ranking says which one is preferred. The manager calls the changing
 * methods of one technique from one thread; {@link #prepare} and {@link #probe} from any.
 *
 * <p>What was committed stays in the kernel when the technique's bundle or the whole runtime stops.
 * From then on a change that was under way fails: the next instance has the kernel to itself.
 * Tables and chains of others are never changed.
 */
@ConsumerType
public interface FilterTechnique {
  /** Service property, String: the name, such as {@code nftables}. */
  String NAME = "virt.technique.name";

  /**
   * Number of the interface group that a filtered interface is put into before it comes up, unless
   * the technique names {@link #group another}. A technique's rules drop what comes from or goes to
   * an interface of its group that no program was committed for.
   */
  int PORT_GROUP = 0x76697274;

  /** How many groups there are for techniques, {@link #PORT_GROUP} the first of them. */
  int PORT_GROUPS = 16;

  /** Says whether an interface group is one of filtered interfaces. */
  static boolean isPortGroup(int group) {
    return group >= PORT_GROUP && group < PORT_GROUP + PORT_GROUPS;
  }

  /**
   * Returns the number of the interface group of ports whose rules this technique has, from {@link
   * #PORT_GROUP} on. Techniques have different ones: a port that moves has the rules of both, then
   * changes its group and loses those of the first, which would close it if it were still a member
   * of that one's group.
   */
  default int group() {
    return PORT_GROUP;
  }

  /** Looks at what the host and its kernel can do; within a second, changing nothing. */
  TechniqueProbe probe();

  /**
   * Translates programs and changes nothing yet.
   *
   * @param generation number that names what is committed; greater than all before
   * @param programs at most one for each port; those of equal {@link Program}s may share rules
   * @throws VirtException {@code CONFIG_UNSUPPORTED} when a rule cannot be enforced exactly as it
   *     says; the message names the port and the rule's origin
   */
  Prepared prepare(long generation, List<PortProgram> programs) throws VirtException;

  /**
   * Takes the programs and addresses of ports away; unknown ones are no error. A port that is still
   * a member of the group is closed from then on.
   *
   * @throws VirtException {@code BUILD_FIREWALL}; nothing was taken away
   */
  void remove(Collection<PortRef> ports) throws VirtException;

  /**
   * Changes the addresses that lookups find, all or none. An address that is there gets its new
   * lifetime; one that is to be dropped and is not there is no error. A commit replaces them. A
   * technique without lookups has leases end in time, and leaves the rest to the next commit.
   *
   * @throws VirtException {@code BUILD_FIREWALL}; nothing was changed
   */
  void bind(List<AddressBinding> added, List<AddressBinding> dropped) throws VirtException;

  /** Returns what the kernel has of this technique, whoever committed it. */
  List<InstalledProgram> list() throws VirtException;

  /** Programs that are translated and not in the kernel. */
  interface Prepared {
    /**
     * Returns the rules in the technique's own language, as its usual tool would print or take
     * them.
     */
    String text();

    /**
     * Puts the programs and addresses in place of those that their ports have from this technique,
     * at once and all or none.
     *
     * @throws VirtException {@code BUILD_FIREWALL}; what was in the kernel still is
     */
    void commit() throws VirtException;

    /** Gives up; does nothing after a commit. */
    void discard();
  }
}
