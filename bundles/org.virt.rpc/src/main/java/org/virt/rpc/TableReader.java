package org.virt.rpc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the lines of the table; see {@link Protocol} for its grammar. */
final class TableReader {
  private static final String ABSENT = "-";

  final Map<String, XdrType> types = new HashMap<>();
  final List<Procedure> procedures = new ArrayList<>();

  /** Types that a line names before their own line comes. */
  private final Map<String, String> aliases = new HashMap<>();

  private final Map<String, String[]> unions = new HashMap<>();
  private final Map<String, String[]> structs = new HashMap<>();

  TableReader() {
    for (XdrPrimitive primitive : XdrPrimitive.values()) {
      types.put(primitive.text(), primitive);
    }
    types.put(ABSENT, new StructType("nothing", List.of()));
  }

  void read(Stream<String> lines) {
    List<String[]> calls = new ArrayList<>();
    lines
        .map(line -> line.split(" "))
        .forEach(
            words -> {
              switch (words[0]) {
                case "type" -> aliases.put(words[1], words[2]);
                case "union" -> unions.put(words[1], words);
                case "struct" -> structs.put(words[1], words);
                case "procedure" -> calls.add(words);
                default -> {
                  // The programs are known, the rest is a comment.
                }
              }
            });
    aliases.keySet().forEach(this::type);
    structs.keySet().forEach(this::type);
    calls.forEach(words -> procedures.add(procedure(words)));
  }

  private XdrType type(String text) {
    XdrType known = types.get(text);
    if (known == null) {
      known = parse(text);
      types.put(text, known);
    }
    return known;
  }

  private XdrType parse(String text) {
    if (text.startsWith("?")) {
      return new XdrOptional(type(text.substring(1)));
    }
    if (text.endsWith(">") || text.endsWith("]")) {
      return array(text);
    }
    if (aliases.containsKey(text)) {
      return type(aliases.get(text));
    }
    if (unions.containsKey(text)) {
      Map<Integer, XdrType> cases = new HashMap<>();
      for (String[] arm : pairs(unions.get(text), "=")) {
        cases.put(Integer.valueOf(arm[0]), type(arm[1]));
      }
      return new XdrUnion.Type(text, cases);
    }
    if (!structs.containsKey(text)) {
      throw new IllegalStateException("the table has no type " + text);
    }
    List<StructType.Field> fields =
        pairs(structs.get(text), ":").stream()
            .map(field -> new StructType.Field(field[0], type(field[1])))
            .toList();
    return new StructType(text, fields);
  }

  private XdrType array(String text) {
    boolean fixed = text.endsWith("]");
    int at = text.lastIndexOf(fixed ? '[' : '<');
    int max = Integer.parseInt(text.substring(at + 1, text.length() - 1));
    String element = text.substring(0, at);
    return switch (element) {
      case "string" -> new XdrText(max);
      case "opaque" -> new XdrOpaque(max, fixed);
      case "char" -> new XdrCharArray(max, fixed);
      default -> new XdrList(type(element), max);
    };
  }

  private Procedure procedure(String[] words) {
    boolean opens = !words[8].equals(ABSENT);
    return new Procedure(
        Program.valueOf(words[1].toUpperCase(Locale.ROOT)),
        Integer.parseInt(words[2]),
        words[3],
        (StructType) type(words[4]),
        (StructType) type(words[5]),
        words[6].equals(ABSENT) ? Optional.empty() : Optional.of((StructType) type(words[6])),
        Procedure.Priority.valueOf(words[7].toUpperCase(Locale.ROOT)),
        opens
            ? Optional.of(
                words[8].equals("readstream") ? Procedure.Stream.READ : Procedure.Stream.WRITE)
            : Optional.empty(),
        Arrays.stream(words, 9, words.length).map(Permission::parse).toList());
  }

  private static List<String[]> pairs(String[] words, String separator) {
    return Arrays.stream(words, 2, words.length).map(word -> word.split(separator)).toList();
  }
}
