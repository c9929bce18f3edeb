package org.virt.remote.internal.calls;

import java.util.Optional;
import org.virt.rpc.Procedure;

/**
 * A procedure that is there, or an event that is told.
 *
 * @param procedure which one
 * @param lacks what of it is not there; empty for nothing
 * @param handler carries it out; absent for an event
 * @param pace whether it waits for anybody
 */
public record Declaration(Procedure procedure, String lacks, Optional<Handler> handler, Pace pace) {
  /** Where a procedure is carried out. */
  enum Pace {
    /** On the thread that reads: it needs nothing but what the session has in memory. */
    AT_ONCE,
    /** By a worker: it may wait for a driver. */
    WORKER
  }
}
