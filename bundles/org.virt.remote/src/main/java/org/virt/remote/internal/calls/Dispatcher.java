package org.virt.remote.internal.calls;

import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.remote.internal.session.Errors;
import org.virt.remote.internal.session.Session;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrException;
import org.virt.rpc.XdrStruct;

/** Carries out calls and answers them, whatever happens. */
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final Declarations declarations;

  /** Makes one for what is declared. */
  public Dispatcher(Declarations declarations) {
    this.declarations = declarations;
  }

  /** Says whether a call answers without waiting for a hypervisor. */
  public static boolean isUrgent(Packet packet) {
    return Protocol.libvirt()
        .procedure(packet.header().program(), packet.header().procedure())
        .map(procedure -> procedure.priority() == Procedure.Priority.HIGH)
        .orElse(true);
  }

  /** Says whether a call may be carried out by the thread that reads: it waits for nobody. */
  public boolean isAtOnce(Packet packet) {
    return Protocol.libvirt()
        .procedure(packet.header().program(), packet.header().procedure())
        .flatMap(declarations::find)
        .map(declaration -> declaration.pace() == Declaration.Pace.AT_ONCE)
        .orElse(false);
  }

  /** Carries out a call and sends its answer; whoever has that finds the call counted no more. */
  public void call(Session session, Packet packet) {
    try {
      Runnable answer;
      try {
        answer = carryOut(session, packet);
      } finally {
        session.carriedOut(packet);
      }
      answer.run();
    } finally {
      session.answered();
    }
  }

  /** Carries out a call; returns what sends its answer. */
  private Runnable carryOut(Session session, Packet packet) {
    Header header = packet.header();
    try {
      Call call = begin(session, packet);
      ByteBuffer reply = encode(header, MessageStatus.OK, handle(call));
      return () -> {
        session.peer().send(reply);
        call.replied();
      };
    } catch (VirtException e) {
      return () -> refuse(session, header, e);
    } catch (XdrException e) {
      VirtException unreadable =
          new VirtException(ErrorCode.RPC, "Unable to decode message payload: " + e.getMessage());
      return () -> refuse(session, header, unreadable);
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      LOG.warn("procedure {} of client {} failed", header.procedure(), session.number(), e);
      VirtException fault = new VirtException(ErrorCode.INTERNAL_ERROR, e.toString());
      return () -> refuse(session, header, fault);
    }
  }

  private static Call begin(Session session, Packet packet) throws VirtException, XdrException {
    Header header = packet.header();
    Procedure procedure =
        Protocol.libvirt()
            .procedure(header.program(), header.procedure())
            .filter(known -> known.event().isEmpty())
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.RPC,
                        "unknown procedure: %d of program 0x%x"
                            .formatted(header.procedure(), header.program())));
    XdrStruct args = packet.read(procedure.args());
    AccessCheck.check(session, procedure, args);
    return new Call(session, header, procedure, args);
  }

  private XdrStruct handle(Call call) throws VirtException {
    Handler handler =
        declarations
            .find(call.procedure())
            .flatMap(Declaration::handler)
            .orElseThrow(
                () -> new VirtException(ErrorCode.NO_SUPPORT, ApiNames.of(call.procedure())));
    try {
      return handler.handle(call);
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        // Clients know what is not there by the name of libvirt's function.
        throw new VirtException(ErrorCode.NO_SUPPORT, ApiNames.of(call.procedure()), e);
      }
      throw e;
    }
  }

  /** Answers a call with an error. */
  public static void refuse(Session session, Header header, VirtException e) {
    LOG.debug("procedure {} of client {}: {}", header.procedure(), session.number(), e.toString());
    RpcError error = Errors.of(e, session.opened().scheme());
    try {
      session.peer().send(encode(header, MessageStatus.ERROR, error.toXdr()));
      if (e.code() == ErrorCode.AUTH_FAILED) {
        session.endAfterSending();
      }
    } catch (XdrException longer) {
      LOG.warn("answer client {} with an error: {}", session.number(), longer.getMessage());
      session.close();
    }
  }

  private static ByteBuffer encode(Header header, MessageStatus status, XdrStruct body)
      throws XdrException {
    return Packet.encode(header.with(MessageType.REPLY, status), body);
  }
}
