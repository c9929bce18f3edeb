package org.virt.common.netlink;

import java.nio.charset.StandardCharsets;

/**
 * What all messages of nf_tables have in common: numbers of linux/netfilter/nfnetlink.h and
 * linux/netfilter/nf_tables.h, and comments as nft keeps them.
 */
public final class TableMessages {
  public static final int NEW_TABLE = 0;
  public static final int GET_TABLE = 1;
  public static final int DELETE_TABLE = 2;
  public static final int NEW_CHAIN = 3;
  public static final int GET_CHAIN = 4;
  public static final int DELETE_CHAIN = 5;
  public static final int NEW_RULE = 6;
  public static final int GET_RULE = 7;
  public static final int DELETE_RULE = 8;
  public static final int NEW_SET = 9;
  public static final int GET_SET = 10;
  public static final int DELETE_SET = 11;
  public static final int NEW_ELEMENTS = 12;
  public static final int GET_ELEMENTS = 13;
  public static final int DELETE_ELEMENTS = 14;

  /** The part of nfnetlink; the upper byte of each message's type. */
  public static final int SUBSYSTEM = 10;

  /** Length of what stands before the attributes: family, version, and a number that is 0. */
  public static final int HEADER = 4;

  /** The most bytes of elements in one message, whose list has a length of 16 bits. */
  public static final int MAX_ELEMENT_BYTES = 60_000;

  private static final int BEGIN_BATCH = 0x10;
  private static final int END_BATCH = 0x11;

  private TableMessages() {}

  /** Begins a transaction. */
  public static void beginBatch(NetlinkWriter writer) {
    bracket(writer, BEGIN_BATCH);
  }

  /** Ends a transaction: all of it is done then, or nothing. */
  public static void endBatch(NetlinkWriter writer) {
    bracket(writer, END_BATCH);
  }

  private static void bracket(NetlinkWriter writer, int type) {
    writer.begin(type, NetlinkWriter.REQUEST);
    header(writer, 0, SUBSYSTEM);
    writer.end();
  }

  /** Starts a message about a table of a family ({@code NFPROTO_*}); returns its number. */
  public static int begin(NetlinkWriter writer, int type, int family, int flags) {
    int sequence = writer.begin(SUBSYSTEM << Byte.SIZE | type, NetlinkWriter.REQUEST | flags);
    header(writer, family, 0);
    return sequence;
  }

  private static void header(NetlinkWriter writer, int family, int resource) {
    writer.u8(family);
    writer.u8(0);
    writer.be16(resource);
  }

  /** Returns a comment as nft keeps it: type 0, length, text with a zero. */
  public static byte[] comment(String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[ascii.length + 3];
    bytes[1] = (byte) (ascii.length + 1);
    System.arraycopy(ascii, 0, bytes, 2, ascii.length);
    return bytes;
  }

  /** Reads a comment as {@link #comment(String)} makes it; empty when there is none. */
  public static String comment(byte[] note) {
    boolean comment = note.length > 3 && note[0] == 0 && (note[1] & 0xff) + 2 <= note.length;
    return comment ? new String(note, 2, (note[1] & 0xff) - 1, StandardCharsets.US_ASCII) : "";
  }
}
