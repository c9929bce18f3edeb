package org.virt.nwfilter.ebtables.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Step;

/** Looks for chains that lead back to themselves, and for more jumps than the kernel follows. */
final class Circles {
  /** The kernel follows 16 (NFT_JUMP_STACK_SIZE); some are needed to find the port. */
  private static final int DEEPEST = 8;

  private final Map<String, List<Step>> chains = new HashMap<>();
  private final Map<String, Integer> depths = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  Circles(List<Program.Chain> chains) {
    chains.forEach(chain -> this.chains.put(chain.name(), chain.steps()));
  }

  void refuse() throws Refused {
    for (String chain : chains.keySet()) {
      if (depth(chain) > DEEPEST) {
        throw new Refused("more than " + DEEPEST + " chains in one another, from " + chain + " on");
      }
    }
  }

  private int depth(String chain) throws Refused {
    Integer known = depths.get(chain);
    if (known != null) {
      return known;
    }
    if (!open.add(chain)) {
      throw new Refused("the chain " + chain + " leads back to itself");
    }
    int deepest = 0;
    for (Step step : chains.getOrDefault(chain, List.of())) {
      if (step instanceof Step.Jump jump) {
        deepest = Math.max(deepest, depth(jump.chain()));
      }
    }
    open.remove(chain);
    depths.put(chain, deepest + 1);
    return deepest + 1;
  }
}
