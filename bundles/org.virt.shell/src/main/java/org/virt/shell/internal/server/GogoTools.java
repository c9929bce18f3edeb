package org.virt.shell.internal.server;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import org.apache.felix.gogo.jline.Converters;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/**
 * Gogo's own tools, registered when the first line is to be run: what a command prints is piped
 * into them. Their bundle is not started, because its activator would read this process's standard
 * input. Those that use the files of this process are left out.
 */
final class GogoTools implements AutoCloseable {
  private static final String[] TEXT = {
    "cat", "date", "echo", "grep", "head", "sort", "tail", "wc"
  };
  private static final String[] CONTROL = {
    "break", "continue", "each", "if", "not", "throw", "try", "until", "while"
  };

  private final BundleContext context;
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
  private boolean closed;

  GogoTools(BundleContext context) {
    this.context = context;
  }

  /** Registers the tools unless that was done before. */
  synchronized void register(CommandProcessor processor) {
    if (registrations.isEmpty() && !closed) {
      add(Posix.class, new Posix(processor), TEXT);
      add(Procedural.class, new Procedural(), CONTROL);
      // Makes a bundle of its number, which Felix's commands take.
      Converter converter =
          new Converters(context.getBundle(Constants.SYSTEM_BUNDLE_ID).getBundleContext());
      registrations.add(context.registerService(Converter.class, converter, null));
    }
  }

  private <T> void add(Class<T> type, T target, String[] functions) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(CommandProcessor.COMMAND_SCOPE, "gogo");
    properties.put(CommandProcessor.COMMAND_FUNCTION, functions);
    registrations.add(context.registerService(type, target, properties));
  }

  @Override
  public synchronized void close() {
    closed = true;
    registrations.forEach(ServiceRegistration::unregister);
    registrations.clear();
  }
}
