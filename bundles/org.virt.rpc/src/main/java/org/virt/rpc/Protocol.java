package org.virt.rpc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All types and procedures of libvirt's protocol, read from a table: a line each, words separated
 * by a space.
 *
 * <pre>
 * program   NAME NUMBER VERSION
 * type      NAME TYPE
 * union     NAME TAG=TYPE…
 * struct    NAME FIELD:TYPE…
 * procedure PROGRAM NUMBER NAME ARGS RET EVENT PRIORITY STREAM PERMISSION…
 *
 * TYPE        int | … | NAME | ?TYPE (optional) | TYPE&lt;MOST&gt; | TYPE[COUNT]
 * PERMISSION  none | OBJECT:NAME | OBJECT:NAME:[!]FLAGS | OBJECT:NAME::FIELD:VALUE
 * </pre>
 */
public final class Protocol {
  private static final String TABLE = "protocol.txt";
  private static final Protocol LIBVIRT = read();

  private final Map<String, XdrType> types;
  private final List<Procedure> procedures;
  private final Map<Long, Procedure> byNumber = new HashMap<>();
  private final Map<String, Procedure> byName = new HashMap<>();

  private Protocol(TableReader table) {
    types = Map.copyOf(table.types);
    procedures = List.copyOf(table.procedures);
    for (Procedure procedure : procedures) {
      byNumber.put(key(procedure.program().number(), procedure.number()), procedure);
      byName.put(key(procedure.program(), procedure.name()), procedure);
    }
  }

  /** Returns libvirt's protocol. */
  public static Protocol libvirt() {
    return LIBVIRT;
  }

  /** Returns all procedures and events, by program and number. */
  public List<Procedure> procedures() {
    return procedures;
  }

  /** Finds a procedure by the numbers in a message's header. */
  public Optional<Procedure> procedure(int program, int number) {
    return Optional.ofNullable(byNumber.get(key(program, number)));
  }

  /** Returns a procedure that is known to be there. */
  public Procedure procedure(Program program, String name) {
    Procedure found = byName.get(key(program, name));
    if (found == null) {
      throw new IllegalArgumentException(program + " has no procedure " + name);
    }
    return found;
  }

  /** Returns a struct that is known to be there. */
  public StructType struct(String name) {
    if (types.get(name) instanceof StructType struct) {
      return struct;
    }
    throw new IllegalArgumentException("the protocol has no struct " + name);
  }

  /** Returns all structs. */
  public List<StructType> structs() {
    return types.values().stream()
        .filter(StructType.class::isInstance)
        .map(StructType.class::cast)
        .toList();
  }

  private static long key(int program, int number) {
    return (long) program << Integer.SIZE | Integer.toUnsignedLong(number);
  }

  private static String key(Program program, String name) {
    return program + "." + name;
  }

  private static Protocol read() {
    TableReader table = new TableReader();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Protocol.class.getResourceAsStream(TABLE), StandardCharsets.UTF_8))) {
      table.read(lines.lines());
    } catch (IOException e) {
      throw new UncheckedIOException("read " + TABLE, e);
    }
    return new Protocol(table);
  }
}
