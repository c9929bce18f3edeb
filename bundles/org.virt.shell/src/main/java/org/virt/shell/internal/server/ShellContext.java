package org.virt.shell.internal.server;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.felix.service.command.CommandProcessor;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Peer;
import org.virt.shell.internal.command.Session;

/**
 * What all connections share.
 *
 * @param table the commands
 * @param readiness says when the runtime is up
 * @param processor Gogo, while its bundle runs
 * @param tools Gogo's own tools
 * @param home the folder of the runtime
 */
record ShellContext(
    CommandTable table,
    Readiness readiness,
    Supplier<Optional<CommandProcessor>> processor,
    GogoTools tools,
    Path home) {

  /** Begins a Gogo session for a client. */
  GogoSession gogo(Peer peer, Session session) {
    return new GogoSession(this, peer, session);
  }
}
