package org.virt.nwfilter.internal.xml;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Step.State;

/** A value made of words. */
enum WordType implements ValueType {
  /** Free text; libvirt keeps no more than 256 bytes. */
  COMMENT {
    @Override
    public String canonical(String text) {
      ByteBuffer kept = ByteBuffer.allocate(COMMENT_BYTES);
      CharBuffer given = CharBuffer.wrap(text);
      StandardCharsets.UTF_8.newEncoder().encode(given, kept, true);
      return text.substring(0, given.position());
    }
  },
  BOOLEAN {
    @Override
    public String canonical(String text) {
      return Boolean.toString(isTrue(text));
    }
  },
  STATES {
    @Override
    public String canonical(String text) {
      Set<State> states = states(text);
      return states.isEmpty() ? NONE : String.join(",", states.stream().map(Enum::name).toList());
    }
  },
  TCP_FLAGS {
    @Override
    public String canonical(String text) {
      Operand.TcpFlags flags = tcpFlags(text);
      return flagNames(flags.mask()) + "/" + flagNames(flags.flags());
    }
  },
  IPSET_NAME {
    @Override
    public String canonical(String text) {
      if (!IPSET.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "expected the name of an ipset, at most 31 letters, digits or any of _ - . :");
      }
      return text;
    }
  },
  IPSET_FLAGS {
    @Override
    public String canonical(String text) {
      return String.join(",", sources(text).stream().map(s -> s ? "src" : "dst").toList());
    }
  };

  private static final String NONE = "NONE";
  private static final int COMMENT_BYTES = 256;
  private static final int IPSET_DIMENSIONS = 6;
  private static final Pattern IPSET = Pattern.compile("[A-Za-z0-9_.:-]{1,31}");
  private static final List<String> FLAGS = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");
  private static final int ALL_FLAGS = 0x3f;

  static boolean isTrue(String text) {
    return switch (text) {
      case "true", "yes", "1" -> true;
      case "false", "no", "0" -> false;
      default -> throw new IllegalArgumentException("expected true, yes, 1, false, no or 0");
    };
  }

  /** Returns the states that a text lists; none for {@code NONE}. */
  static Set<State> states(String text) {
    Set<State> states = EnumSet.noneOf(State.class);
    boolean none = false;
    for (String word : text.split(",", -1)) {
      String name = word.strip().toUpperCase(Locale.ROOT);
      try {
        if (name.equals(NONE)) {
          none = true;
        } else {
          states.add(State.valueOf(name));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "expected NONE or some of NEW, ESTABLISHED, RELATED, INVALID", e);
      }
    }
    return none ? Set.of() : states;
  }

  static Operand.TcpFlags tcpFlags(String text) {
    String[] halves = text.split("/", -1);
    if (halves.length != 2) {
      throw new IllegalArgumentException(FLAGS_EXPECTED);
    }
    return new Operand.TcpFlags(flags(halves[0]), flags(halves[1]));
  }

  private static final String FLAGS_EXPECTED =
      "expected MASK/FLAGS, each NONE, ALL or some of SYN, ACK, URG, PSH, FIN, RST";

  private static int flags(String text) {
    int flags = 0;
    for (String word : text.split(",", -1)) {
      String name = word.strip().toUpperCase(Locale.ROOT);
      if (name.equals("ALL")) {
        flags = ALL_FLAGS;
      } else if (FLAGS.contains(name)) {
        flags |= 1 << FLAGS.indexOf(name);
      } else if (!name.isEmpty() && !name.equals("NONE")) {
        throw new IllegalArgumentException(FLAGS_EXPECTED);
      }
    }
    return flags;
  }

  private static String flagNames(int flags) {
    if (flags == 0 || flags == ALL_FLAGS) {
      return flags == 0 ? "NONE" : "ALL";
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < FLAGS.size(); i++) {
      if ((flags >> i & 1) != 0) {
        names.add(FLAGS.get(i));
      }
    }
    return String.join(",", names);
  }

  /** Returns for each dimension of an ipset whether the source is looked up. */
  static List<Boolean> sources(String text) {
    List<Boolean> sources = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "src" -> sources.add(true);
        case "dst" -> sources.add(false);
        default -> throw new IllegalArgumentException("expected one to six of src, dst");
      }
    }
    if (sources.size() > IPSET_DIMENSIONS) {
      throw new IllegalArgumentException("expected one to six of src, dst");
    }
    return sources;
  }
}
