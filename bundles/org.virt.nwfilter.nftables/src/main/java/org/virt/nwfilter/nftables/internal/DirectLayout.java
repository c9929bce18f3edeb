package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.virt.nwfilter.nftables.internal.Code.Rule;
import org.virt.nwfilter.nftables.internal.Condition.Dispatch;
import org.virt.nwfilter.nftables.internal.Layout.Base;

/**
 * What our table of the family netdev has besides the chains of programs. A macvtap is in no
 * bridge: what its guest sends leaves the host by it, so that is the device's egress, and what goes
 * to the guest is its ingress. First chains of this family belong to one device; they close it
 * unless its index is in the map, or it is in the group no more.
 */
final class DirectLayout {
  /** What the names of sets and of first chains begin with. */
  static final String PREFIX = "direct_";

  static final String FROM = "direct_from";
  static final String TO = "direct_to";
  static final String ADDRESSES4 = PREFIX + Layout.ADDRESSES4;
  static final String ADDRESSES6 = PREFIX + Layout.ADDRESSES6;
  static final String MACS = PREFIX + Layout.MACS;
  static final String RAW_MACS = PREFIX + Layout.RAW_MACS;

  /** Interface index → transport rules. */
  static final String TRANSPORT_FROM = "direct_transport_from";

  static final String TRANSPORT_TO = "direct_transport_to";

  static final String SENDERS = PREFIX + Layout.SENDERS;
  static final String RAW_SENDERS = PREFIX + Layout.RAW_SENDERS;

  /** The sets and maps that ports have elements in. */
  static final List<PortSet> SETS =
      Stream.concat(
              Layout.setsOfPorts(Batch.NETDEV, PREFIX, FROM, TO).stream(),
              Layout.maps(Batch.NETDEV, TRANSPORT_FROM, TRANSPORT_TO).stream())
          .toList();

  /** The sets that no port has elements in. */
  static final List<PortSet> OTHER_SETS = Layout.otherSets(Batch.NETDEV, PREFIX);

  /** {@code NF_NETDEV_INGRESS}. */
  static final int INGRESS = 0;

  /** {@code NF_NETDEV_EGRESS}. */
  static final int EGRESS = 1;

  private DirectLayout() {}

  /** Returns the first chains of a port's device. */
  static List<Base> chains(Code.Port port) {
    int index = port.index();
    List<Base> chains = new ArrayList<>();
    chains.add(chain(name(FROM, index), EGRESS, 0, List.of(dispatch(FROM), Layout.closed(false))));
    chains.add(chain(name(TO, index), INGRESS, 0, List.of(dispatch(TO), Layout.closed(true))));
    if (port.rules().transport().path().isPresent()) {
      chains.add(chain(name(TRANSPORT_FROM, index), EGRESS, 1, List.of(dispatch(TRANSPORT_FROM))));
      chains.add(chain(name(TRANSPORT_TO, index), INGRESS, 1, List.of(dispatch(TRANSPORT_TO))));
    }
    return chains;
  }

  private static Base chain(String name, int hook, int later, List<Rule> rules) {
    return new Base(name, hook, Layout.PRIORITY + later, rules);
  }

  /** Returns the name of a first chain, one for each device and map. */
  static String name(String map, int index) {
    return map + "_" + index;
  }

  /** Returns the index of the device that a first chain belongs to. */
  static int index(String chain) {
    return Integer.parseInt(chain.substring(chain.lastIndexOf('_') + 1));
  }

  /** Says whether a chain is the first one that frames of some device meet. */
  static boolean isFirst(String chain) {
    return chain.matches("direct_(from|to)_[0-9]+");
  }

  /** Returns what tells the ports apart: the interface that a frame goes out by, or came in by. */
  static Subject port(boolean out) {
    return out ? Subjects.OUT_INDEX : Subjects.IN_INDEX;
  }

  private static Rule dispatch(String map) {
    boolean out = map.equals(FROM) || map.equals(TRANSPORT_FROM);
    return new Rule(List.of(new Dispatch(port(out), map)), Verdict.NEXT, "");
  }
}
