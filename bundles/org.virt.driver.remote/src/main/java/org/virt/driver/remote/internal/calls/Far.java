package org.virt.driver.remote.internal.calls;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.driver.remote.internal.link.Intake;
import org.virt.driver.remote.internal.link.Line;
import org.virt.driver.remote.internal.link.Link;
import org.virt.driver.remote.internal.link.LinkStream;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrStruct;

/**
 * Asks the other end. A machine is named there by name, UUID and number together; they are kept
 * here by UUID, which is what counts there, so that they need not be asked for each time.
 */
public final class Far implements AutoCloseable {
  /** libvirt's feature {@code TYPED_PARAM_STRING}, and the flag of calls that goes with it. */
  private static final int TEXTS_FEATURE = 9;

  private static final int TEXTS_FLAG = 4;

  /** More machines than this are asked for anew. */
  private static final int KNOWN_MAX = 20_000;

  private final Line line;
  private final Optional<Link> own;
  private final Map<UUID, XdrStruct> known = new ConcurrentHashMap<>();
  private volatile Boolean texts;

  /** Makes one over a line, which is closed apart. */
  public Far(Line line) {
    this(line, Optional.empty());
  }

  private Far(Line line, Optional<Link> own) {
    this.line = line;
    this.own = own;
  }

  /** Makes one over a link of its own, for a stream that would hold up all else. */
  Far separate() throws VirtException {
    return new Far(line, Optional.of(line.separate()));
  }

  /** Opens a connection of its own to read contents from. */
  Intake intake() throws VirtException {
    return line.intake();
  }

  /** Closes the link of its own. */
  @Override
  public void close() {
    own.ifPresent(Link::close);
  }

  /** Asks, and waits for the answer. */
  XdrStruct call(String procedure, Object... args) throws VirtException {
    return await(begin(procedure, args));
  }

  /** Asks for what takes as long as a machine's memory is large. */
  XdrStruct callLong(String procedure, Object... args) throws VirtException {
    return begin(procedure, args).await(line.limits().longCall());
  }

  /** Asks; the answer is waited for later. */
  Answer begin(String procedure, Object... args) throws VirtException {
    return begin(Program.REMOTE, procedure, args);
  }

  /** Asks a program; the answer is waited for later. */
  Answer begin(Program program, String procedure, Object... args) throws VirtException {
    Procedure asked = Protocol.libvirt().procedure(program, procedure);
    return link().send(asked, asked.args().of(args));
  }

  /** Waits for an answer. */
  XdrStruct await(Answer answer) throws VirtException {
    return answer.await(line.limits().call());
  }

  /** Asks for a stream; the answer has come when this returns. */
  XdrStruct open(LinkStream stream, String procedure, Object... args) throws VirtException {
    Procedure asked = Protocol.libvirt().procedure(Program.REMOTE, procedure);
    return link().open(asked, asked.args().of(args), stream).await(line.limits().call());
  }

  /** Returns the limit of ordinary calls. */
  Duration limit() {
    return line.limits().call();
  }

  /**
   * Returns the flag that lets typed parameters be texts, 0 when the other end has no such flag.
   */
  int textsFlag() throws VirtException {
    Boolean asked = texts;
    if (asked == null) {
      asked = call("connect_supports_feature", TEXTS_FEATURE).integer("supported") != 0;
      texts = asked;
    }
    return asked ? TEXTS_FLAG : 0;
  }

  /** Returns how the other end names a machine. */
  XdrStruct domain(DomainId id) throws VirtException {
    XdrStruct domain = known.get(id.uuid());
    return domain == null ? lookUp(id) : domain;
  }

  /** Asks for a machine's name and number of now. */
  XdrStruct lookUp(DomainId id) throws VirtException {
    return keep(call("domain_lookup_by_uuid", id.uuid()).struct("dom"));
  }

  /** Keeps how a machine is named. */
  XdrStruct keep(XdrStruct domain) {
    if (known.size() >= KNOWN_MAX) {
      known.clear();
    }
    known.put(domain.uuid("uuid"), domain);
    return domain;
  }

  /** Keeps no more how a machine is named, when it is no longer there. */
  VirtException noted(DomainId id, VirtException e) {
    if (e.code() == ErrorCode.NO_DOMAIN) {
      known.remove(id.uuid());
    }
    return e;
  }

  private Link link() throws VirtException {
    return own.isPresent() ? own.get() : line.link();
  }

  /** Returns the machine that the other end names. */
  static DomainId id(XdrStruct domain) {
    return new DomainId(domain.uuid("uuid"));
  }
}
