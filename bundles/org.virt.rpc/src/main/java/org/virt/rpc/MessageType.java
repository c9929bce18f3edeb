package org.virt.rpc;

/** What a message is; the order is that of libvirt's {@code virNetMessageType}. */
public enum MessageType {
  CALL,
  REPLY,
  EVENT,
  STREAM,
  CALL_WITH_FDS,
  REPLY_WITH_FDS,
  STREAM_HOLE
}
