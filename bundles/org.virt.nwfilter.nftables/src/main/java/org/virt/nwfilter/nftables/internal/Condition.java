package org.virt.nwfilter.nftables.internal;

import java.util.Arrays;
import org.virt.spi.nwfilter.Operand;

/** One test of a rule, in the kernel's terms. */
sealed interface Condition {
  /** Returns it as nft writes it. */
  String text();

  /** Returns it with the name of its set put into a group, if it is a program's own. */
  default Condition inGroup(String group) {
    return this;
  }

  /**
   * Compares bytes under a mask with a range.
   *
   * @param subject what is looked at
   * @param mask bits that count, besides the subject's own mask; empty for all
   * @param negated whether it must not be so
   * @param from first value
   * @param to last value; equal to {@code from} for one value
   */
  record Compare(Subject subject, byte[] mask, boolean negated, byte[] from, byte[] to)
      implements Condition {
    private static final byte[] ALL = {};

    static Compare is(Subject subject, long value) {
      return is(subject, subject.bytes(value));
    }

    static Compare is(Subject subject, byte[] value) {
      return new Compare(subject, ALL, false, value, value);
    }

    static Compare masked(Subject subject, byte[] mask, byte[] value) {
      return new Compare(subject, mask, false, value, value);
    }

    Compare negatedIf(boolean not) {
      return new Compare(subject, mask, not, from, to);
    }

    boolean isRange() {
      return !Arrays.equals(from, to);
    }

    @Override
    public String text() {
      String value = subject.text(from);
      if (mask.length == 0) {
        String range = isRange() ? value + "-" + subject.text(to) : value;
        return subject.name() + (negated ? " != " : " ") + range;
      }
      if (subject.style() == Subject.Style.ADDRESS) {
        return subject.name() + (negated ? " != " : " ") + value + "/" + prefix();
      }
      return subject.name() + " & " + subject.text(mask) + (negated ? " != " : " == ") + value;
    }

    private int prefix() {
      int bits = 0;
      for (byte b : mask) {
        bits += Integer.bitCount(b & 0xff);
      }
      return bits;
    }
  }

  /**
   * Looks for the port together with an address in a set of what ports have of their own.
   *
   * @param port {@link Subjects#IN_INDEX} or {@link Subjects#OUT_INDEX}
   * @param address the address's field
   * @param set name of the set
   * @param negated whether it must not be found
   */
  record Member(Subject port, Subject address, String set, boolean negated) implements Condition {
    @Override
    public String text() {
      return port.name() + " . " + address.name() + (negated ? " != @" : " @") + set;
    }
  }

  /**
   * Goes where the map says for this port; without an entry the rule does nothing.
   *
   * @param port {@link Subjects#IN_INDEX} or {@link Subjects#OUT_INDEX}
   * @param map name of the map
   */
  record Dispatch(Subject port, String map) implements Condition {
    @Override
    public String text() {
      return port.name() + " vmap @" + map;
    }
  }

  /**
   * Looks for one value in a set.
   *
   * @param subject the value
   * @param set name of the set
   * @param negated whether it must not be found
   */
  record Known(Subject subject, String set, boolean negated) implements Condition {
    @Override
    public String text() {
      return subject.name() + (negated ? " != @" : " @") + set;
    }
  }

  /**
   * Looks for an option of TCP.
   *
   * @param number its number
   * @param there whether it must be there, or must not
   */
  record TcpOption(int number, boolean there) implements Condition {
    @Override
    public String text() {
      return "tcp option " + number + (there ? " exists" : " missing");
    }
  }

  /**
   * Counts the connections that a port has with an address.
   *
   * @param port what tells the ports apart
   * @param address the address's field
   * @param set name of the set that keeps the counts
   * @param above how many there may be
   * @param negated whether there must not be more
   */
  record Limit(Subject port, Subject address, String set, long above, boolean negated)
      implements Condition {
    @Override
    public String text() {
      String count = (negated ? "ct count " : "ct count over ") + above;
      return "add @" + set + " { " + port.name() + " . " + address.name() + " " + count + " }";
    }

    @Override
    public Condition inGroup(String group) {
      return new Limit(port, address, GroupName.with(group, set), above, negated);
    }
  }

  /**
   * Looks a packet up in an ipset, through the match of iptables; nft has no word for it.
   *
   * @param index the kernel's number of the set
   * @param set its name and what is looked up
   * @param negated whether it must not be found
   */
  record InIpSet(int index, Operand.IpSet set, boolean negated) implements Condition {
    @Override
    public String text() {
      return "xt match \"set\"";
    }
  }

  /**
   * Changes the packet's mark; does nothing else.
   *
   * @param keep bits that stay as they are
   * @param set bits that are set besides
   */
  record SetMark(int keep, int set) implements Condition {
    @Override
    public String text() {
      String bits = Integer.toUnsignedString(set);
      if (keep == 0) {
        return "meta mark set " + bits;
      }
      String kept = keep == -1 ? "" : " & " + Integer.toUnsignedString(keep);
      return "meta mark set meta mark" + kept + (set == 0 ? "" : " | " + bits);
    }
  }

  /**
   * Marks the packet as the map says for its port and EtherType; without an entry the rule does
   * nothing.
   *
   * @param port {@link Subjects#IN_INDEX} or {@link Subjects#OUT_INDEX}
   * @param map name of the map
   */
  record MarkBy(Subject port, String map) implements Condition {
    @Override
    public String text() {
      return "meta mark set " + port.name() + " . " + Subjects.WIRE_TYPE.name() + " map @" + map;
    }
  }

  /**
   * Puts something of the packet into a set, or takes it out; goes on when that could be done.
   *
   * @param first what the key starts with
   * @param second what follows
   * @param set name of the set
   * @param adds whether it is put in, else taken out
   */
  record Note(Subject first, Subject second, String set, boolean adds) implements Condition {
    @Override
    public String text() {
      String key = first.name() + " . " + second.name();
      return (adds ? "add @" : "delete @") + set + " { " + key + " }";
    }
  }
}
