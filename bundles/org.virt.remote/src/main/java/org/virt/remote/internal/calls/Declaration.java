package org.virt.remote.internal.calls;

import java.util.Optional;
import org.virt.rpc.Procedure;

/**
 * A procedure that is there, or an event that is told.
 *
 * @param procedure which one
 * @param lacks what of it is not there; empty for nothing
 * @param handler carries it out; absent for an event
 */
public record Declaration(Procedure procedure, String lacks, Optional<Handler> handler) {}
