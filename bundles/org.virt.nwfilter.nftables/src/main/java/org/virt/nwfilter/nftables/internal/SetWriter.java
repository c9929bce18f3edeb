package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.common.netlink.TableMessages;
import org.virt.nwfilter.nftables.internal.Batch.Element;

/** Writes messages about sets and their elements: numbers of linux/netfilter/nf_tables.h. */
final class SetWriter {
  private static final int SET_MAP = 0x8;
  private static final int SET_TIMEOUT = 0x10;
  private static final int SET_DYNAMIC = 0x20;
  private static final int DATA_VERDICT = 0xffffff00;

  /** More than the kernel tracks connections, or sees packets of ARP in a second. */
  static final int MOST_DYNAMIC = 1 << 20;

  private final Batch batch;
  private final NetlinkWriter writer;

  SetWriter(Batch batch) {
    this.batch = batch;
    writer = batch.writer();
  }

  /** Makes sets and maps, each in the table of its family. */
  void sets(List<PortSet> sets) {
    int id = 1;
    for (PortSet set : sets) {
      set(set, id++);
    }
  }

  private void set(PortSet set, int id) {
    batch.of(set.family()).beginIn(TableMessages.NEW_SET, NetlinkWriter.CREATE);
    writer.attributeString(2, set.name());
    writer.attributeBe32(3, flags(set));
    writer.attributeBe32(4, KeyPart.type(set.key()));
    writer.attributeBe32(5, KeyPart.length(set.key()));
    byte[] note = KeyPart.note(set.key());
    switch (set.data()) {
      case VERDICT -> {
        writer.attributeBe32(6, DATA_VERDICT);
        writer.attributeBe32(7, 0);
      }
      case MARK -> {
        writer.attributeBe32(6, KeyPart.type(List.of(KeyPart.MARK)));
        writer.attributeBe32(7, Integer.BYTES);
      }
      case DYNAMIC -> {
        int size = writer.nest(9);
        writer.attributeBe32(1, MOST_DYNAMIC);
        writer.endNest(size);
      }
      case NOTHING -> {}
    }
    writer.attributeBe32(10, id);
    if (note.length == 0) {
      note = HostOrderNote.of(set);
    }
    if (note.length > 0) {
      writer.attributeBytes(13, note);
    }
    writer.end();
  }

  private static int flags(PortSet set) {
    int flags = set.timed() ? SET_TIMEOUT : 0;
    return switch (set.data()) {
      case NOTHING -> flags;
      case DYNAMIC -> flags | SET_DYNAMIC;
      case VERDICT, MARK -> flags | SET_MAP;
    };
  }

  /** Adds or deletes elements, in as many messages as their length asks for. */
  void elements(int type, PortSet set, List<Element> elements) {
    int next = 0;
    while (next < elements.size()) {
      int flags = type == TableMessages.NEW_ELEMENTS ? NetlinkWriter.CREATE : 0;
      batch.of(set.family()).beginIn(type, flags);
      writer.attributeString(2, set.name());
      int list = writer.nest(3);
      int start = writer.size();
      while (next < elements.size() && writer.size() - start < TableMessages.MAX_ELEMENT_BYTES) {
        element(elements.get(next++));
      }
      writer.endNest(list);
      writer.end();
    }
  }

  private void element(Element element) {
    int nest = writer.nest(1);
    int key = writer.nest(1);
    writer.attributeBytes(1, element.key());
    writer.endNest(key);
    if (element.verdict().code() != Verdict.NEXT.code()) {
      int data = writer.nest(2);
      batch.expressions().verdictData(element.verdict());
      writer.endNest(data);
    }
    if (element.mark() != 0) {
      int data = writer.nest(2);
      writer.attributeBytes(1, HostOrder.bytes(element.mark()));
      writer.endNest(data);
    }
    if (element.timeout() > 0) {
      writer.attributeBe64(4, element.timeout());
    }
    if (!element.comment().isEmpty()) {
      writer.attributeBytes(6, TableMessages.comment(element.comment()));
    }
    writer.endNest(nest);
  }

  /** What nft keeps with sets whose keys or values are numbers in the host's order. */
  private static final class HostOrderNote {
    private static final int KEY_ORDER = 0;
    private static final int DATA_ORDER = 1;
    private static final int HOST = 1;

    static byte[] of(PortSet set) {
      boolean number = set.key().size() == 1;
      boolean mark = set.data() == PortSet.Data.MARK;
      if (!mark && !number) {
        return new byte[0];
      }
      ByteBuffer note = ByteBuffer.allocate(2 * (2 + Integer.BYTES)).order(ByteOrder.nativeOrder());
      note.put((byte) KEY_ORDER).put((byte) Integer.BYTES).putInt(number ? HOST : 0);
      note.put((byte) DATA_ORDER).put((byte) Integer.BYTES).putInt(mark ? HOST : 0);
      return note.array();
    }
  }
}
