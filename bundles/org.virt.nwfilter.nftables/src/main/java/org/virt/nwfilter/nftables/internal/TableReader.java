package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.netlink.Answer;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkError;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.common.netlink.TableMessages;

/** Reads our table from the kernel. */
final class TableReader {
  private static final int SET_NAME = 2;
  private static final int CHAIN_NAME = 3;
  private static final int CAPACITY = 256;

  private final NetlinkSocket socket;

  TableReader(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * What the kernel says about the table itself.
   *
   * @param flags its flags
   * @param owner netlink port of its living owner; 0 for none
   */
  record Table(int flags, int owner) {}

  /**
   * An element of a set or map.
   *
   * @param key its key
   * @param chain for a map, the chain that it leads to; else empty
   * @param comment what is kept with it; empty for nothing
   * @param millis the lifetime that is left; absent for no end
   */
  record Found(byte[] key, String chain, String comment, Optional<Long> millis) {
    /** Returns the port's interface index: the key starts with it or with a mark that has it. */
    int index() {
      return HostOrder.number(key) & Marks.LARGEST_INDEX;
    }
  }

  Optional<Table> table() throws VirtException {
    return table(Batch.BRIDGE);
  }

  /** Returns our table of a family. */
  Optional<Table> table(int family) throws VirtException {
    Batch request = request(family);
    request.begin(TableMessages.GET_TABLE, NetlinkWriter.ACK);
    request.writer().attributeString(1, Layout.TABLE);
    return ask(request).stream()
        .map(message -> message.attributes(TableMessages.HEADER))
        .map(table -> new Table(table.be32(2, 0), table.be32(7, 0)))
        .findFirst();
  }

  /** Says why the kernel refuses a change by the socket of a netlink port. */
  String reason(NetlinkError error, int port) throws VirtException {
    if (error.errno() != NetlinkError.EPERM) {
      return error.text();
    }
    int owner = table().map(Table::owner).orElse(0);
    if (owner != 0 && owner != port) {
      return "another running process owns the table "
          + Layout.TABLE
          + " (netlink port "
          + Integer.toUnsignedString(owner)
          + ", usually its process id)";
    }
    return error.text() + "; CAP_NET_ADMIN is needed";
  }

  /** Returns the names of the chains of our table of a family. */
  List<String> chains(int family) throws VirtException {
    return names(family, TableMessages.GET_CHAIN, CHAIN_NAME);
  }

  /** Returns all rules of our table of a family, those of a chain in their order. */
  List<FoundRule> rules(int family) throws VirtException {
    Batch request = request(family);
    request.begin(TableMessages.GET_RULE, NetlinkWriter.DUMP);
    request.writer().attributeString(1, Layout.TABLE);
    List<FoundRule> rules = new ArrayList<>();
    for (NetlinkMessage message : ask(request)) {
      Attributes rule = message.attributes(TableMessages.HEADER);
      if (rule.string(1).equals(Layout.TABLE)) {
        rules.add(rule(rule));
      }
    }
    return rules;
  }

  private static FoundRule rule(Attributes rule) {
    Verdict verdict = Verdict.NEXT;
    long packets = 0;
    long bytes = 0;
    for (ByteBuffer value : rule.nested(4).values()) {
      Attributes expression = Attributes.read(value);
      Attributes data = expression.nested(2);
      switch (expression.string(1)) {
        case "counter" -> {
          bytes = data.be64(1, 0);
          packets = data.be64(2, 0);
        }
        case "immediate" -> {
          Attributes target = data.nested(2).nested(2);
          if (target.has(1)) {
            verdict = new Verdict(target.be32(1, 0), target.string(2));
          }
        }
        case "reject" -> verdict = Verdict.DROP;
        default -> {} // a condition
      }
    }
    String chain = rule.string(2);
    return new FoundRule(
        chain, rule.be64(3, 0), TableMessages.comment(rule.bytes(7)), verdict, packets, bytes);
  }

  /** Returns the names of the sets and maps of our table of a family. */
  List<String> sets(int family) throws VirtException {
    return names(family, TableMessages.GET_SET, SET_NAME);
  }

  private List<String> names(int family, int type, int attribute) throws VirtException {
    Batch request = request(family);
    request.begin(type, NetlinkWriter.DUMP);
    request.writer().attributeString(1, Layout.TABLE);
    List<String> names = new ArrayList<>();
    for (NetlinkMessage message : ask(request)) {
      Attributes object = message.attributes(TableMessages.HEADER);
      // Older kernels list those of all tables.
      if (object.string(1).equals(Layout.TABLE)) {
        names.add(object.string(attribute));
      }
    }
    return names;
  }

  List<Found> elements(PortSet set) throws VirtException {
    Batch request = request(set.family());
    request.begin(TableMessages.GET_ELEMENTS, NetlinkWriter.DUMP);
    request.writer().attributeString(1, Layout.TABLE);
    request.writer().attributeString(2, set.name());
    List<Found> elements = new ArrayList<>();
    for (NetlinkMessage message : ask(request)) {
      for (ByteBuffer value : message.attributes(TableMessages.HEADER).nested(3).values()) {
        Attributes element = Attributes.read(value);
        byte[] key = element.nested(1).bytes(1);
        long left = element.be64(5, -1);
        if (key.length >= Integer.BYTES) {
          String chain = element.nested(2).nested(2).string(2);
          Optional<Long> millis = left < 0 ? Optional.empty() : Optional.of(left);
          elements.add(new Found(key, chain, TableMessages.comment(element.bytes(6)), millis));
        }
      }
    }
    return elements;
  }

  private static Batch request(int family) {
    return new Batch(new NetlinkWriter(1, CAPACITY), Layout.TABLE, family);
  }

  /** Returns the answers; none when what is asked for is not there. */
  private List<NetlinkMessage> ask(Batch request) throws VirtException {
    request.writer().end();
    Answer answer = socket.exchange(request.writer());
    Optional<NetlinkError> error = answer.error();
    if (error.isPresent() && error.get().errno() != NetlinkError.ENOENT) {
      throw new VirtException(
          ErrorCode.BUILD_FIREWALL,
          "read nftables table " + Layout.TABLE + ": " + error.get().text());
    }
    return error.isPresent() ? List.of() : answer.messages();
  }
}
