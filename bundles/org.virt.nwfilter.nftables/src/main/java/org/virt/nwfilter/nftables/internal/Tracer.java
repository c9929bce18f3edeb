package org.virt.nwfilter.nftables.internal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FrameDecision;
import org.virt.api.nwfilter.RuleCount.Direction;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.common.netlink.TableMessages;
import org.virt.spi.nwfilter.PortRef;

/**
 * Follows the frames of one port: rules at the start of the first chains mark them, and the kernel
 * tells each rule that they match ({@code enum nft_trace_attributes}).
 */
final class Tracer implements Subscription, NetlinkSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);
  private static final int GROUP = 9;
  private static final int TRACE_MESSAGE = TableMessages.SUBSYSTEM << Byte.SIZE | 17;
  private static final int TYPE_POLICY = 1;
  private static final int TYPE_RULE = 3;

  /** Frames that are on their way at once; more are not told. */
  private static final int MOST_FRAMES = 1024;

  private final KernelTable table;
  private final PortRef port;
  private final Consumer<FrameDecision> decisions;
  private final NetlinkSocket socket;

  /** Of the table that the port's frames meet first. */
  private final int family;

  private final Map<Integer, Frame> frames =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Frame> eldest) {
          return size() > MOST_FRAMES;
        }
      };
  private Map<Long, FoundRule> rules = new HashMap<>();

  /** What the first notice says of a frame. */
  private record Frame(byte[] bytes, int from, int to) {}

  private Tracer(KernelTable table, PortRef port, Consumer<FrameDecision> decisions)
      throws VirtException {
    this.table = table;
    this.port = port;
    this.decisions = decisions;
    family = table.family(port.index());
    socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
  }

  /** Begins. */
  static Tracer start(KernelTable table, PortRef port, Consumer<FrameDecision> decisions)
      throws VirtException {
    Tracer tracer = new Tracer(table, port, decisions);
    try {
      tracer.socket.join(GROUP);
      tracer.readRules();
      table.trace(port.index());
    } catch (VirtException | RuntimeException e) {
      tracer.socket.close();
      throw e;
    }
    Thread thread = new Thread(tracer::listen, "virt-nftables-trace-" + port);
    thread.setDaemon(true);
    thread.start();
    return tracer;
  }

  private void listen() {
    try {
      socket.listen(this);
    } catch (VirtException e) {
      LOG.warn("trace {}: {}", port, e.getMessage());
    }
  }

  private void readRules() throws VirtException {
    Map<Long, FoundRule> found = new HashMap<>();
    table.rules(port.index()).forEach(rule -> found.put(rule.handle(), rule));
    rules = found;
  }

  @Override
  public void heard(NetlinkMessage message) {
    boolean ours =
        message.type() == TRACE_MESSAGE
            && message.payload().remaining() >= TableMessages.HEADER
            && message.payload().get(0) == family;
    if (!ours) {
      return;
    }
    Attributes trace = message.attributes(TableMessages.HEADER);
    if (!trace.string(1).equals(Layout.TABLE)) {
      return;
    }
    int id = trace.be32(6, 0);
    if (trace.has(7) || trace.has(8)) {
      frames.put(id, new Frame(bytes(trace), trace.be32(10, 0), trace.be32(12, 0)));
    }
    int type = trace.be32(4, 0);
    int verdict = trace.nested(5).be32(1, Verdict.NEXT.code());
    boolean ends = verdict == Verdict.ACCEPT.code() || verdict == Verdict.DROP.code();
    if (type == TYPE_POLICY && isFirst(trace.string(2))) {
      decided(id, trace.string(2), Verdict.ACCEPT, Optional.empty());
    } else if (type == TYPE_RULE && ends) {
      Verdict decision = verdict == Verdict.DROP.code() ? Verdict.DROP : Verdict.ACCEPT;
      decided(id, trace.string(2), decision, rule(trace.be64(3, 0)));
    }
  }

  private boolean isFirst(String chain) {
    return family == Batch.NETDEV ? DirectLayout.isFirst(chain) : Layout.isFirst(chain);
  }

  private static byte[] bytes(Attributes trace) {
    byte[] link = trace.bytes(7);
    byte[] network = trace.bytes(8);
    byte[] all = java.util.Arrays.copyOf(link, link.length + network.length);
    System.arraycopy(network, 0, all, link.length, network.length);
    return all;
  }

  /** Finds a rule; one that is not known may be new. */
  private Optional<FoundRule> rule(long handle) {
    if (!rules.containsKey(handle)) {
      try {
        readRules();
      } catch (VirtException e) {
        LOG.debug("trace {}: {}", port, e.getMessage());
      }
    }
    return Optional.ofNullable(rules.get(handle));
  }

  private void decided(int id, String chain, Verdict verdict, Optional<FoundRule> rule) {
    Frame frame = frames.get(id);
    if (frame == null) {
      return;
    }
    Direction direction = new FoundRule(chain, 0, "", verdict, 0, 0).direction();
    // A frame that was marked at this port meets others as well.
    boolean comesIn = direction == Direction.OUT ^ family == Batch.NETDEV;
    if (port.index() == (comesIn ? frame.from() : frame.to())) {
      decisions.accept(
          new FrameDecision(
              direction,
              frame.bytes(),
              FoundRule.filterChain(chain),
              verdict.text(),
              rule.map(FoundRule::comment).orElse("")));
    }
  }

  @Override
  public void lost() {
    frames.clear();
  }

  @Override
  public void close() {
    socket.close();
    try {
      table.untrace(port.index());
    } catch (VirtException e) {
      LOG.warn("end the trace of {}: {}", port, e.getMessage());
    }
  }
}
