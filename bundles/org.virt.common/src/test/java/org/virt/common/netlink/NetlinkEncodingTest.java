package org.virt.common.netlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetlinkEncodingTest {
  private static final int TYPE = 77;

  private static NetlinkWriter message() {
    NetlinkWriter writer = new NetlinkWriter(5, 16);
    writer.begin(TYPE, NetlinkWriter.REQUEST);
    return writer;
  }

  private static List<NetlinkMessage> readBack(NetlinkWriter writer) {
    return NetlinkMessage.split(writer.bytes());
  }

  @Test
  void readsBackWhatItWrote() {
    NetlinkWriter writer = message();
    writer.u32(0x01020304);
    writer.attributeString(1, "vnet0");
    writer.attributeU32(2, 42);
    writer.attributeBe32(3, 43);
    writer.attributeBe64(4, 1L << 40);
    int nest = writer.nest(5);
    writer.attributeU8(1, 7);
    writer.endNest(nest);
    writer.end();

    NetlinkMessage message = readBack(writer).get(0);
    Attributes attributes = message.attributes(4);
    assertEquals(TYPE, message.type());
    assertEquals(5, message.sequence());
    assertEquals(0x01020304, message.payload().getInt(0));
    assertEquals("vnet0", attributes.string(1));
    assertEquals(42, attributes.u32(2, 0));
    assertEquals(43, attributes.be32(3, 0));
    assertEquals(1L << 40, attributes.be64(4, 0));
    assertArrayEquals(new byte[] {7}, attributes.nested(5).bytes(1));
  }

  @Test
  void padsAttributesToFourBytes() {
    NetlinkWriter writer = message();
    writer.attributeBytes(1, new byte[] {1, 2, 3, 4, 5});
    writer.end();
    assertEquals(16 + 4 + 8, writer.size());
  }

  @Test
  void writesNetworkOrderWhateverTheHostHas() {
    NetlinkWriter writer = message();
    writer.be16(0x1234);
    writer.u16(0);
    writer.attributeBe32(1, 0x0a0b0c0d);
    writer.end();
    NetlinkMessage message = readBack(writer).get(0);
    assertEquals(0x12, message.payload().get(0));
    assertArrayEquals(new byte[] {0xa, 0xb, 0xc, 0xd}, message.attributes(4).bytes(1));
  }

  @Test
  void numbersMessagesInTheirOrder() {
    NetlinkWriter writer = message();
    writer.end();
    NetlinkWriter other = new NetlinkWriter(100, 16);
    other.begin(TYPE, 0);
    other.end();
    writer.append(other);
    assertEquals(6, writer.begin(TYPE, 0));
    writer.end();
    assertEquals(
        List.of(5, 100, 6), readBack(writer).stream().map(NetlinkMessage::sequence).toList());
  }

  @Test
  void refusesAnAttributeThatIsTooLong() {
    NetlinkWriter writer = message();
    assertThrows(IllegalArgumentException.class, () -> writer.attributeBytes(1, new byte[65532]));
  }

  @Test
  void endsTheListAtALengthThatDoesNotFit() {
    NetlinkWriter writer = message();
    writer.attributeU32(1, 1);
    writer.attributeU32(2, 2);
    writer.end();
    ByteBuffer bytes = writer.bytes();
    bytes.putShort(16 + 8, (short) 400);
    Attributes attributes = NetlinkMessage.split(bytes).get(0).attributes(0);
    assertTrue(attributes.has(1));
    assertFalse(attributes.has(2));
    bytes.putInt(0, 5000);
    assertEquals(List.of(), NetlinkMessage.split(bytes));
  }

  @Test
  void takesTheLastOfSeveralAndNoneThatIsTooShort() {
    NetlinkWriter writer = message();
    writer.attributeU32(1, 1);
    writer.attributeBytes(2, new byte[] {1, 2, 3});
    writer.attributeU32(1, 5);
    writer.end();
    Attributes attributes = NetlinkMessage.split(writer.bytes()).get(0).attributes(0);
    assertEquals(5, attributes.u32(1, 0));
    assertEquals(3, attributes.values().size());
    assertEquals(3, attributes.bytes(2).length);
    assertEquals(7, attributes.u32(2, 7));
    assertEquals(7, attributes.be32(2, 7));
    assertEquals(7, attributes.be64(1, 7));
    assertEquals(0, attributes.bytes(3).length);
    assertEquals("", attributes.nested(3).string(1));
  }

  @Test
  void survivesRandomBytes() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      ByteBuffer datagram = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      if (bytes.length > 4) {
        datagram.putInt(0, random.nextInt(bytes.length + 4));
      }
      for (NetlinkMessage message : NetlinkMessage.split(datagram)) {
        NetlinkError.of(message);
        Attributes attributes = message.attributes(4);
        attributes.string(1);
        attributes.u32(1, 0);
        attributes.nested(2).values();
      }
    }
  }

  @Test
  void readsTheKernelsOwnWords() {
    NetlinkMessage refusal = error(-17, 0x100 | 0x200, "already here");
    NetlinkError error = NetlinkError.of(refusal).orElseThrow();
    assertEquals(NetlinkError.EEXIST, error.errno());
    assertEquals(9, error.sequence());
    assertEquals("already here (File exists)", error.text());
  }

  @Test
  void takesZeroForAnAcknowledgement() {
    assertEquals(Optional.empty(), NetlinkError.of(error(0, 0x100, "")));
  }

  private static NetlinkMessage error(int number, int flags, String text) {
    NetlinkWriter writer = new NetlinkWriter(9, 64);
    writer.begin(NetlinkMessage.ERROR, flags);
    writer.u32(number);
    writer.u32(16);
    writer.u32(0);
    writer.u32(9);
    writer.u32(0);
    writer.attributeString(1, text);
    writer.end();
    return readBack(writer).get(0);
  }
}
