package org.virt.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.domain.TypedParameters;

class ProtocolTest {
  private static final Protocol PROTOCOL = Protocol.libvirt();

  @Test
  void hasAllProceduresOfLibvirt() {
    assertEquals(
        443, PROTOCOL.procedures().stream().filter(p -> p.program() == Program.REMOTE).count());
    Procedure lookup = PROTOCOL.procedure(Program.REMOTE.number(), 23).orElseThrow();
    assertEquals("domain_lookup_by_name", lookup.name());
    assertEquals(Procedure.Priority.HIGH, lookup.priority());
    assertEquals(Optional.empty(), PROTOCOL.procedure(Program.REMOTE.number(), 444));
    assertEquals(
        Optional.of(Procedure.Stream.READ),
        PROTOCOL.procedure(Program.REMOTE, "domain_screenshot").stream());
  }

  @Test
  void readsWhatItWroteForEveryStruct() throws XdrException {
    AnyValue any = new AnyValue(20081);
    for (StructType type : PROTOCOL.structs()) {
      for (int i = 0; i < 20; i++) {
        XdrStruct value = any.of(type);
        ByteBuffer bytes = encode(value);
        assertTrue(bytes.remaining() >= type.minSize(), type.name());
        assertEquals(value, type.decode(bytes), type.name());
        assertFalse(bytes.hasRemaining(), type.name());
      }
    }
  }

  @Test
  void refusesEveryStructThatIsCutOff() throws XdrException {
    AnyValue any = new AnyValue(42);
    for (StructType type : PROTOCOL.structs()) {
      ByteBuffer bytes = encode(any.of(type));
      for (int length = 0; length < Math.min(bytes.limit(), 200); length += 4) {
        ByteBuffer cut = bytes.duplicate().limit(length);
        assertThrows(XdrException.class, () -> type.decode(cut), type.name());
      }
    }
  }

  @Test
  void refusesListsBeyondTheirBoundBeforeMakingThem() {
    StructType type = PROTOCOL.struct("remote_connect_list_all_domains_ret");
    ByteBuffer tooMany = ByteBuffer.allocate(64).putInt(0, 16385);
    assertThrows(XdrException.class, () -> type.decode(tooMany));
    ByteBuffer notThere = ByteBuffer.allocate(64).putInt(0, 16384);
    XdrException e = assertThrows(XdrException.class, () -> type.decode(notThere));
    assertTrue(
        e.getMessage().contains("domains: 60 bytes where 393216 are needed"), e.getMessage());
  }

  @Test
  void refusesNulInStrings() throws XdrException {
    StructType type = PROTOCOL.struct("remote_domain_lookup_by_name_args");
    ByteBuffer bytes = encode(type.of("abc"));
    bytes.put(5, (byte) 0);
    assertThrows(XdrException.class, () -> type.decode(bytes));
    assertThrows(XdrException.class, () -> encode(type.of("a\0c")));
  }

  @Test
  void writesWhatLibvirtWrites() throws XdrException {
    // Length 3, the characters, one byte to fill up (RFC 4506, section 4.11).
    ByteBuffer bytes = encode(PROTOCOL.struct("remote_domain_lookup_by_name_args").of("vm1"));
    assertEquals(ByteBuffer.wrap(new byte[] {0, 0, 0, 3, 'v', 'm', '1', 0}), bytes);
    // A char of an array takes four bytes.
    ByteBuffer node =
        encode(
            PROTOCOL
                .struct("remote_node_get_info_ret")
                .of(
                    "i686".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                    1L,
                    2,
                    3,
                    4,
                    5,
                    6,
                    7));
    assertEquals(32 * 4 + 8 + 6 * 4, node.remaining());
    assertEquals('6', node.getInt(4));
  }

  @Test
  void tellsWhenPermissionsAreNeeded() {
    Procedure xml = PROTOCOL.procedure(Program.REMOTE, "domain_get_xml_desc");
    assertEquals(List.of("read"), needed(xml, 0));
    assertEquals(List.of("read", "read_secure"), needed(xml, 1));
    for (String other :
        List.of("domain_snapshot_get_xml_desc", "domain_managed_save_get_xml_desc")) {
      assertEquals(List.of("read"), needed(PROTOCOL.procedure(Program.REMOTE, other), 0));
      assertEquals(
          List.of("read", "read_secure"), needed(PROTOCOL.procedure(Program.REMOTE, other), 1));
    }
    Procedure attach = PROTOCOL.procedure(Program.REMOTE, "domain_attach_device_flags");
    assertEquals(List.of("write", "save"), needed(attach, 0));
    assertEquals(List.of("write"), needed(attach, 1));
    assertEquals(List.of("write", "save"), needed(attach, 2));
    assertTrue(xml.permissions().get(0).isReadOnly());
    assertFalse(xml.permissions().get(1).isReadOnly());
  }

  @Test
  void carriesTypedParametersAndErrors() throws XdrException {
    TypedParameters parameters =
        TypedParameters.builder()
            .bool("balloon", true)
            .string("name", "vda")
            .uint("count", 0xffffffffL)
            .ullong("cpu.time", -1L)
            .number("load", 0.5)
            .build();
    assertEquals(parameters, TypedValues.of(TypedValues.toXdr(parameters)));
    RpcError error = new RpcError(42, 10, "Domain not found: x", "x");
    ByteBuffer bytes = encode(error.toXdr());
    Header header = new Header(1, 2, MessageType.REPLY, 3, MessageStatus.ERROR);
    assertEquals(error, RpcError.read(new Packet(header, bytes)));
  }

  private static List<String> needed(Procedure procedure, int flags) {
    Object[] values = new Object[procedure.args().fields().size()];
    values[values.length - 1] = flags;
    XdrStruct args = procedure.args().of(values);
    return procedure.permissions().stream()
        .filter(permission -> permission.neededFor(args))
        .map(Permission::name)
        .toList();
  }

  private static ByteBuffer encode(XdrStruct value) throws XdrException {
    XdrWriter out = new XdrWriter(Packet.MAX);
    value.type().encode(out, value);
    return out.buffer();
  }
}
