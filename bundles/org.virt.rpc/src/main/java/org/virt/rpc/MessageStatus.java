package org.virt.rpc;

/** How a message went; the order is that of libvirt's {@code virNetMessageStatus}. */
public enum MessageStatus {
  OK,
  ERROR,
  CONTINUE
}
