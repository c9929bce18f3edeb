package org.virt.remote.internal.net;

import java.nio.channels.ByteChannel;

/** A channel that may hold back bytes which it has taken already. */
public interface PendingChannel extends ByteChannel {
  /** Says whether bytes wait that a further write would send. */
  boolean hasPending();
}
