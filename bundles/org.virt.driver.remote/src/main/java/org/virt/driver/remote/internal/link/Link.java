package org.virt.driver.remote.internal.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.PacketReader;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.XdrException;
import org.virt.rpc.XdrStruct;

/**
 * One connection to the other end, until it is cut: any number of calls at once, streams, events.
 * Safe for use by many threads.
 */
public final class Link implements Asking, AutoCloseable {
  private static final int READ_SIZE = 128 * 1024;

  private final String name;
  private final ByteChannel channel;
  private final Sender sender;
  private final KeepAlive keepAlive;
  private final Listener listener;
  private final AtomicInteger serials = new AtomicInteger();
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
  private final Map<Integer, LinkStream> streams = new ConcurrentHashMap<>();
  private final AtomicReference<String> end = new AtomicReference<>();

  /** Hears of a link, on its reading thread: it returns at once. */
  public interface Listener {
    /** Takes an event. */
    void event(Packet event);

    /** Takes note that the link is cut. */
    void cut(Link link, String reason);
  }

  private record Pending(Procedure procedure, CompletableFuture<Packet> answer) {}

  /**
   * Makes a link over a channel, which is its own from then on.
   *
   * @param name of the other end, for messages
   */
  public Link(String name, ByteChannel channel, LinkRuntime runtime, Listener listener) {
    this.name = name;
    this.channel = channel;
    this.listener = listener;
    sender = new Sender(channel, runtime.limits().call());
    keepAlive = new KeepAlive(runtime, this::ping, sender, this::cut);
  }

  /** Begins to read. */
  public void start() {
    Thread reader = new Thread(this::read, "virt-remote-read " + name);
    reader.setDaemon(true);
    reader.start();
    keepAlive.start();
  }

  /** Says whether it can be used. */
  public boolean isOpen() {
    return end.get() == null;
  }

  /** Asks from now on whether the other end is there, when nothing comes from it. */
  public void keepAlive() {
    keepAlive.ask();
  }

  @Override
  public XdrStruct ask(Procedure procedure, XdrStruct args, Duration limit) throws VirtException {
    return send(procedure, args).await(limit);
  }

  /** Sends a call, which others may follow before it is answered. */
  public Answer send(Procedure procedure, XdrStruct args) throws VirtException {
    return send(procedure, args, Optional.empty());
  }

  /** Sends a call that opens a stream. */
  public Answer open(Procedure procedure, XdrStruct args, LinkStream stream) throws VirtException {
    return send(procedure, args, Optional.of(stream));
  }

  /** Cuts it: nobody is told, and who waits gets an error. */
  @Override
  public void close() {
    cut("it was closed");
  }

  private Answer send(Procedure procedure, XdrStruct args, Optional<LinkStream> stream)
      throws VirtException {
    int serial = serials.incrementAndGet();
    CompletableFuture<Packet> answer = new CompletableFuture<>();
    Header header =
        new Header(
            procedure.program().number(),
            procedure.number(),
            MessageType.CALL,
            serial,
            MessageStatus.OK);
    ByteBuffer message = encode(procedure, header, args);
    pending.put(serial, new Pending(procedure, answer));
    stream.ifPresent(
        opened -> {
          streams.put(serial, opened);
          opened.attach(this, header);
        });
    if (isOpen()) {
      send(message);
    }
    if (!isOpen()) {
      endAll();
    }
    return new Answer(
        procedure,
        answer,
        () -> {
          pending.remove(serial);
          streams.remove(serial);
        });
  }

  void send(ByteBuffer message) {
    sender.send(message).ifPresent(this::cut);
  }

  void forget(LinkStream stream, int serial) {
    streams.remove(serial, stream);
  }

  private ByteBuffer encode(Procedure procedure, Header header, XdrStruct args)
      throws VirtException {
    try {
      return Packet.encode(header, args);
    } catch (XdrException e) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "ask %s for %s: %s".formatted(name, procedure.name(), e.getMessage()),
          e);
    }
  }

  private void read() {
    PacketReader packets = new PacketReader(Packet.MAX);
    ByteBuffer in = ByteBuffer.allocateDirect(READ_SIZE);
    try {
      while (channel.read(in) >= 0) {
        keepAlive.heard();
        in.flip();
        Optional<Packet> packet = packets.next(in);
        while (packet.isPresent()) {
          take(packet.get());
          packet = packets.next(in);
        }
        in.clear();
      }
      cut("the other end closed it" + (packets.isPartial() ? " in the middle of a message" : ""));
    } catch (XdrException e) {
      cut("what came is not libvirt's protocol: " + e.getMessage());
    } catch (IOException e) {
      cut(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
  }

  private void take(Packet packet) throws XdrException {
    Header header = packet.header();
    switch (header.type()) {
      case REPLY -> takeReply(packet);
      case STREAM, STREAM_HOLE -> {
        LinkStream stream = streams.get(header.serial());
        if (stream != null) {
          stream.take(packet);
        }
      }
      case EVENT -> {
        if (header.program() == Program.KEEPALIVE.number()) {
          keepAlive.take(header.procedure());
        } else {
          listener.event(packet);
        }
      }
      default -> throw new XdrException("a message of type " + header.type() + " to a client");
    }
  }

  private void takeReply(Packet packet) throws XdrException {
    Header header = packet.header();
    Pending waiting = pending.get(header.serial());
    if (waiting == null) {
      // The answer to a call that took too long: nobody waits any more.
      return;
    }
    if (header.procedure() != waiting.procedure.number()
        || header.program() != waiting.procedure.program().number()
        || header.status() == MessageStatus.CONTINUE) {
      throw new XdrException(
          "the answer to a call of %s is to another".formatted(waiting.procedure.name()));
    }
    if (header.status() == MessageStatus.ERROR) {
      streams.remove(header.serial());
    }
    pending.remove(header.serial());
    waiting.answer.complete(packet);
  }

  private void ping(Procedure procedure) {
    try {
      send(Packet.encode(Header.event(procedure), procedure.args().of()));
    } catch (XdrException e) {
      throw new IllegalStateException(e);
    }
  }

  void cut(String reason) {
    if (!end.compareAndSet(null, reason)) {
      return;
    }
    keepAlive.stop();
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more; that it cannot even be closed changes nothing.
    }
    endAll();
    listener.cut(this, reason);
  }

  private void endAll() {
    VirtException lost = lost(end.get());
    for (Integer serial : pending.keySet()) {
      Pending waiting = pending.remove(serial);
      if (waiting != null) {
        waiting.answer.completeExceptionally(lost);
      }
    }
    for (Integer serial : streams.keySet()) {
      LinkStream stream = streams.remove(serial);
      if (stream != null) {
        stream.fail("the connection to %s was cut: %s".formatted(name, end.get()));
      }
    }
  }

  private VirtException lost(String reason) {
    return new VirtException(
        ErrorCode.RPC, "the connection to %s was cut: %s".formatted(name, reason));
  }
}
