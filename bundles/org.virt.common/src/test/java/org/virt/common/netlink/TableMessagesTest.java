package org.virt.common.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableMessagesTest {
  private static final int BRIDGE = 7;

  @Test
  void writesATransaction() {
    NetlinkWriter writer = new NetlinkWriter(1, 64);
    TableMessages.beginBatch(writer);
    int number = TableMessages.begin(writer, TableMessages.GET_RULE, BRIDGE, NetlinkWriter.DUMP);
    writer.end();
    TableMessages.endBatch(writer);
    List<NetlinkMessage> messages = NetlinkMessage.split(writer.bytes());
    assertEquals(
        List.of("10 0000000a", "a07 07000000", "11 0000000a"),
        messages.stream()
            .map(m -> Integer.toHexString(m.type()) + " " + hex(m.payload().array()))
            .toList());
    assertEquals(number, messages.get(1).sequence());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void keepsCommentsAsNftDoes() {
    byte[] note = TableMessages.comment("ab");
    assertArrayEquals(new byte[] {0, 3, 'a', 'b', 0}, note);
    assertEquals("ab", TableMessages.comment(note));
    assertEquals("", TableMessages.comment(new byte[0]));
    assertEquals("", TableMessages.comment(new byte[] {1, 3, 'a', 'b', 0}));
    assertEquals("", TableMessages.comment(new byte[] {0, 4, 'a', 'b', 0}));
  }
}
