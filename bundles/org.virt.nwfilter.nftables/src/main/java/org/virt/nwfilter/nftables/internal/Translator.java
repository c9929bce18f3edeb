package org.virt.nwfilter.nftables.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;

/** Translates a program into the kernel's terms; refuses what cannot be said exactly. */
final class Translator {
  private static final int MAX_NAME = 64;
  private static final int MAX_COMMENT = 120;

  private static final int GROUP_DIGITS = 24;

  private final Program rules;
  private final PortRef port;
  private final Part path;
  private final IpSets ipSets;

  private Translator(PortProgram program, Part path, IpSets ipSets) {
    rules = program.program();
    port = program.port();
    this.path = path;
    this.ipSets = ipSets;
  }

  /**
   * Translates the program of a port.
   *
   * @param path where its transport rules judge packets, if it has any; {@link Part#DIRECT} for a
   *     port that is in no bridge
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port and the rule
   */
  static Code.Rules translate(PortProgram program, Part path, IpSets ipSets) throws VirtException {
    return new Translator(program, path, ipSets).translate();
  }

  private Code.Rules translate() throws VirtException {
    Transport transport;
    try {
      transport = new TransportTranslator(rules, path, ipSets).translate();
    } catch (TransportTranslator.RuleRefused e) {
      throw refusal(e.rule(), e.getMessage());
    }
    List<Code.Chain> outgoing = direction(rules.outgoing(), true);
    List<Code.Chain> incoming = direction(rules.incoming(), false);
    Code.Rules plain = new Code.Rules("", outgoing, incoming, transport);
    return plain.inGroup((isDirect() ? "d" : "f") + digest(plain));
  }

  /**
   * Names the rules after themselves: what another version of this bundle makes of the same program
   * may differ.
   */
  private static String digest(Code.Rules rules) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(NftText.ofRules(rules).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, GROUP_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says whether it is for a port that is in no bridge. */
  private boolean isDirect() {
    return path == Part.DIRECT;
  }

  private List<Code.Chain> direction(List<Program.Chain> chains, boolean out) throws VirtException {
    List<Program.Chain> all =
        chains.isEmpty() ? List.of(new Program.Chain("root", List.of())) : chains;
    Map<String, String> names = names(all, out);
    List<Code.Chain> result = new ArrayList<>(all.size());
    Set<String> ofOneProtocol = Program.chainsOfOneProtocol(all);
    for (Program.Chain chain : all) {
      boolean first = result.isEmpty();
      List<Code.Rule> rules = new ArrayList<>(chain.steps().size() + 2);
      if (first && (looksBehindTags(all) || forbids(out))) {
        rules.addAll(NO_SECOND_TAG);
      }
      for (Step step : chain.steps()) {
        if (step instanceof Step.Jump jump) {
          translate(jump, names, rules);
        } else if (step instanceof Step.Rule rule && rule.action() != Step.Action.CONTINUE) {
          translate(rule, ofOneProtocol.contains(chain.name()), out, rules);
        }
      }
      result.add(chain(names.get(chain.name()), rules, out));
    }
    return List.copyOf(result);
  }

  private Code.Chain chain(String name, List<Code.Rule> rules, boolean out) {
    return isDirect()
        ? new Code.Chain(Batch.NETDEV, name, out ? InlineTags.rules(rules) : List.copyOf(rules))
        : new Code.Chain(Batch.BRIDGE, name, List.copyOf(rules));
  }

  /**
   * The kernel looks behind one tag. What a second one hides would pass by every rule about a
   * protocol.
   */
  private static final List<Code.Rule> NO_SECOND_TAG =
      List.of(
          new Code.Rule(
              List.of(Compare.is(Subjects.INNER_TYPE, EtherType.VLAN)), Verdict.DROP, "second tag"),
          new Code.Rule(
              List.of(Compare.is(Subjects.INNER_TYPE, EtherType.PROVIDER_VLAN)),
              Verdict.DROP,
              "second tag"));

  private boolean forbids(boolean out) {
    return (out ? rules.transportOutgoing() : rules.transportIncoming())
        .stream().anyMatch(rule -> verdict(rule).equals(Verdict.DROP));
  }

  private static boolean looksBehindTags(List<Program.Chain> chains) {
    for (Program.Chain chain : chains) {
      for (Step step : chain.steps()) {
        if (step instanceof Step.Jump jump && jump.protocol().etherType().isPresent()) {
          return true;
        }
        if (step instanceof Step.Rule rule
            && (rule.protocol().etherType().isPresent()
                || rule.matches().stream().anyMatch(match -> match.field() == Field.ETHER_TYPE))) {
          return true;
        }
      }
    }
    return false;
  }

  private Map<String, String> names(List<Program.Chain> chains, boolean out) throws VirtException {
    Map<String, String> names = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (Program.Chain chain : chains) {
      String plain = chain.name().replaceAll("[^A-Za-z0-9_-]", "_");
      String name =
          (out ? "-out-" : "-in-") + plain.substring(0, Math.min(MAX_NAME, plain.length()));
      if (!taken.add(name)) {
        name += "-" + names.size();
        taken.add(name);
      }
      if (names.put(chain.name(), name) != null) {
        throw refusal("two chains are named " + chain.name());
      }
    }
    return names;
  }

  private void translate(Step.Jump jump, Map<String, String> names, List<Code.Rule> rules)
      throws VirtException {
    String target = names.get(jump.chain());
    if (target == null) {
      throw refusal("there is no chain " + jump.chain());
    }
    rules.add(new Code.Rule(jumpConditions(jump.protocol()), Verdict.jump(target), ""));
  }

  private void translate(Step.Rule rule, boolean ofOneProtocol, boolean out, List<Code.Rule> rules)
      throws VirtException {
    Comparison comparison = isDirect() ? Comparison.direct(out) : Comparison.byIndex(out);
    try {
      List<Condition> conditions = new RuleConditions(rule, comparison, ofOneProtocol).conditions();
      Code.Rule plain = new Code.Rule(conditions, verdict(rule), comment(rule.origin()));
      rules.addAll(Gratuitous.rules(rule, plain, isDirect() ? Batch.NETDEV : Batch.BRIDGE));
    } catch (RuleConditions.Never e) {
      return; // such a rule matches no frame
    } catch (RuleConditions.Refused e) {
      throw refusal(rule, e.getMessage());
    }
  }

  private static List<Condition> jumpConditions(Protocol protocol) {
    return switch (protocol) {
      case MAC -> List.of();
      case VLAN -> List.of(Compare.is(Subjects.WIRE_TYPE, EtherType.VLAN));
      case STP -> List.of(RuleConditions.BRIDGE_GROUP);
      default ->
          protocol
              .etherType()
              .<List<Condition>>map(type -> List.of(Compare.is(Subjects.INNER_TYPE, type)))
              .orElseThrow(() -> new IllegalArgumentException("a jump for " + protocol));
    };
  }

  private static Verdict verdict(Step.Rule rule) {
    return switch (rule.action()) {
      case ACCEPT -> Verdict.ACCEPT;
      // Who sent a frame is told nothing, as with libvirt: there may be no IP in it.
      case DROP, REJECT -> Verdict.DROP;
      case RETURN -> Verdict.RETURN;
      case CONTINUE -> Verdict.NEXT;
    };
  }

  /** A comment stands between quotes in nft's language, which knows no escape. */
  static String comment(String origin) {
    String plain = origin.replaceAll("[^ !#-\\[\\]-~]", "_");
    return plain.substring(0, Math.min(MAX_COMMENT, plain.length()));
  }

  private VirtException refusal(Step.Rule rule, String reason) {
    return refusal(rule.origin() + ": " + reason);
  }

  private VirtException refusal(String reason) {
    return new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED, "translate to nftables for port " + port + ": " + reason);
  }
}
