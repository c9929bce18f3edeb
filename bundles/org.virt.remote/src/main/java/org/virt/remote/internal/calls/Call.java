package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Flag;
import org.virt.api.domain.TypedParameters;
import org.virt.remote.internal.session.ByteStream;
import org.virt.remote.internal.session.Session;
import org.virt.rpc.Header;
import org.virt.rpc.Procedure;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** A call of a client's: its arguments, what they mean here, and its reply. */
final class Call {
  private static final StructType DOMAIN = Protocol.libvirt().struct("remote_nonnull_domain");
  private static final int NO_NUMBER = -1;

  /** The two lowest bits choose run and definition. */
  private static final int AFFECTS = 3;

  private final Session session;
  private final Header header;
  private final Procedure procedure;
  private final XdrStruct args;
  private Optional<Runnable> afterReply = Optional.empty();

  Call(Session session, Header header, Procedure procedure, XdrStruct args) {
    this.session = session;
    this.header = header;
    this.procedure = procedure;
    this.args = args;
  }

  Session session() {
    return session;
  }

  Procedure procedure() {
    return procedure;
  }

  XdrStruct args() {
    return args;
  }

  String text(String field) {
    return args.text(field);
  }

  int integer(String field) {
    return args.integer(field);
  }

  long wide(String field) {
    return args.wide(field);
  }

  int flags() {
    return args.integer("flags");
  }

  /** Returns the flags word as what it means; {@code INVALID_ARG} for an unknown bit. */
  <E extends Enum<E> & Flag> Set<E> flags(Class<E> type) throws VirtException {
    return Flag.parse(type, flags());
  }

  /** Refuses flags: this procedure has none here. */
  void noFlags() throws VirtException {
    onlyFlags(0);
  }

  /** Refuses flags other than these bits. */
  void onlyFlags(int known) throws VirtException {
    int rest = flags() & ~known;
    if (rest != 0) {
      throw new VirtException(
          org.virt.api.ErrorCode.INVALID_ARG,
          "unsupported flags (0x%x) in function %s".formatted(rest, ApiNames.of(procedure)));
    }
  }

  /** Returns what of run and definition is meant; {@code INVALID_ARG} for other bits. */
  Affects affects() throws VirtException {
    onlyFlags(AFFECTS);
    return Affects.of(flags());
  }

  /** Returns what of run and definition is meant, whatever other bits there are. */
  Affects affectsOf(int flags) {
    return Affects.of(flags);
  }

  /** Returns the flags beside those of {@link #affects}. */
  <E extends Enum<E> & Flag> Set<E> flagsBesideAffects(Class<E> type) throws VirtException {
    return Flag.parse(type, flags() & ~AFFECTS);
  }

  TypedParameters parameters(String field) {
    return TypedValues.of(args.structs(field));
  }

  Connect connect() throws VirtException {
    return session.opened().connect();
  }

  /** Returns a facet of the connection. */
  <F> F host(Class<F> facet) throws VirtException {
    return connect().facet(facet);
  }

  /** Returns the machine that the call is about. */
  Domain domain() throws VirtException {
    return domain(args.struct("dom"));
  }

  /** Returns a machine. */
  Domain domain(XdrStruct nonnullDomain) throws VirtException {
    return connect().domain(new DomainId(nonnullDomain.uuid("uuid")));
  }

  /** Returns a facet of the machine that the call is about. */
  <F> F of(Class<F> facet) throws VirtException {
    return domain().facet(facet);
  }

  /** Returns a machine as the protocol names it. */
  static XdrStruct named(DomainSummary summary) {
    return DOMAIN.of(summary.name(), summary.id().uuid(), summary.number().orElse(NO_NUMBER));
  }

  /** Replies with a machine. */
  XdrStruct reply(Domain domain) throws VirtException {
    return reply(named(domain.summary()));
  }

  /** Replies with values, in the order of the reply's fields. */
  XdrStruct reply(Object... values) {
    return procedure.ret().of(values);
  }

  /** Replies with a list, or with its length alone where that is all that is asked for. */
  XdrStruct listed(List<XdrStruct> all) {
    boolean wanted = integer("need_results") != 0;
    return reply(wanted ? all : List.of(), all.size());
  }

  /** Replies with typed parameters as calls do that are asked for their number first. */
  XdrStruct replyCounted(TypedParameters parameters) {
    boolean onlyNumber = integer("nparams") == 0;
    List<XdrStruct> values = onlyNumber ? List.of() : TypedValues.toXdr(parameters);
    return reply(values, parameters.list().size());
  }

  /** Has a stream begin once the reply is sent. */
  void stream(ByteStream.Ends ends) {
    stream(ends, Optional.empty());
  }

  /** Has a stream begin once the reply is sent, and what gives or takes its bytes. */
  void stream(ByteStream.Ends ends, Runnable work) {
    stream(ends, Optional.of(work));
  }

  private void stream(ByteStream.Ends ends, Optional<Runnable> work) {
    ByteStream stream = session.streams().prepare(header, ends);
    afterReply(() -> session.streams().begin(stream, work));
  }

  /** Has something done once the reply is on its way. */
  void afterReply(Runnable what) {
    afterReply = Optional.of(what);
  }

  void replied() {
    afterReply.ifPresent(Runnable::run);
  }
}
