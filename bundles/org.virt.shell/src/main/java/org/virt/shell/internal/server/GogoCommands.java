package org.virt.shell.internal.server;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Peer;
import org.virt.shell.internal.command.Session;

/** Offers our commands to every Gogo session, under the scope {@code virt}. */
@Component(service = {})
public final class GogoCommands {
  private static final String SCOPE = "virt";

  private final List<ServiceRegistration<Function>> registrations = new ArrayList<>();

  /**
   * Registers a service for each command: a {@link Function} may have a name that no method can
   * have.
   */
  @Activate
  public GogoCommands(BundleContext context, @Reference ShellCommands commands) {
    for (Command command : commands.table().all()) {
      Hashtable<String, Object> properties = new Hashtable<>();
      properties.put(CommandProcessor.COMMAND_SCOPE, SCOPE);
      properties.put(CommandProcessor.COMMAND_FUNCTION, command.name());
      Function function =
          (session, arguments) -> run(commands.table(), command, session, arguments);
      registrations.add(context.registerService(Function.class, function, properties));
    }
  }

  @Deactivate
  void deactivate() {
    registrations.forEach(ServiceRegistration::unregister);
  }

  private static Object run(
      CommandTable table, Command command, CommandSession gogo, List<Object> arguments)
      throws ToldException {
    List<String> words = arguments.stream().map(String::valueOf).toList();
    Object self = gogo.get(GogoSession.SELF);
    // Gogo has the thread's System.out lead into the pipe that the command stands in.
    Peer peer = self instanceof GogoSession ours ? new PipedPeer(ours.peer()) : new LocalPeer();
    Session session = self instanceof GogoSession ours ? ours.session() : LocalPeer.session(gogo);
    int status = table.run(command, words, peer, session);
    if (status != CommandTable.DONE) {
      throw new ToldException(status);
    }
    return null;
  }
}
