package org.virt.nwfilter.internal.compile;

import java.util.List;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Operand;

/** Turns what is said of the source into the same of the destination, and back. */
final class Turn {
  private Turn() {}

  static List<Match> round(List<Match> matches) {
    return matches.stream().map(m -> new Match(of(m.field()), m.sense(), of(m.operand()))).toList();
  }

  private static Operand of(Operand operand) {
    return operand instanceof Operand.IpSet set
        ? new Operand.IpSet(set.name(), set.source().stream().map(source -> !source).toList())
        : operand;
  }

  private static Field of(Field field) {
    return switch (field) {
      case ETHER_SOURCE -> Field.ETHER_DESTINATION;
      case ETHER_DESTINATION -> Field.ETHER_SOURCE;
      case ARP_SENDER_MAC -> Field.ARP_TARGET_MAC;
      case ARP_TARGET_MAC -> Field.ARP_SENDER_MAC;
      case ARP_SENDER_IP -> Field.ARP_TARGET_IP;
      case ARP_TARGET_IP -> Field.ARP_SENDER_IP;
      case IP_SOURCE -> Field.IP_DESTINATION;
      case IP_DESTINATION -> Field.IP_SOURCE;
      case SOURCE_PORT -> Field.DESTINATION_PORT;
      case DESTINATION_PORT -> Field.SOURCE_PORT;
      default -> field;
    };
  }
}
