package org.virt.shell.internal.commands;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.ObjectEvent;
import org.virt.api.host.SecretEvent;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Wait for events of networks, storage pools and secrets and print them. */
public final class ObjectEventCommands {
  private static final String LIFECYCLE = "lifecycle";

  /**
   * A kind of objects.
   *
   * @param prefix of the command, and the option that names one
   * @param noun what its objects are called
   * @param types of its events
   */
  private record Subject(Group group, String prefix, String option, String noun, String... types) {}

  /**
   * An event.
   *
   * @param names by which its object may be meant, the one that is printed first
   * @param kind of what happened, empty if the type says it all
   */
  private record Told(String type, List<String> names, String kind) {}

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        of(
            new Subject(Group.NETWORK, "net", "network", "network", LIFECYCLE),
            out -> ofObjects(ObjectEvent.Type.NETWORK, out)),
        of(
            new Subject(Group.POOL, "pool", "pool", "storage pool", LIFECYCLE, "refresh"),
            out -> ofObjects(ObjectEvent.Type.STORAGE_POOL, out)),
        of(
            new Subject(Group.SECRET, "secret", "secret", "secret", LIFECYCLE, "value-changed"),
            ObjectEventCommands::ofSecrets));
  }

  private static Command of(Subject subject, Function<Teller, DomainListener> listening) {
    Command.Builder command =
        Command.named(
                subject.prefix() + "-event",
                subject.group(),
                "wait for events of " + subject.noun() + "s")
            .option(
                subject.option(),
                "of one only: its name or uuid; it need not be there yet",
                Values.NOTHING);
    return EventWait.options(command, Values.NOTHING)
        .does(call -> listen(call, subject, listening));
  }

  private static void listen(
      Invocation call, Subject subject, Function<Teller, DomainListener> listening)
      throws Exception {
    List<String> types = List.of(subject.types());
    if (call.arguments().has("list")) {
      types.forEach(call.out()::println);
      return;
    }
    Optional<String> type = EventWait.type(call, types);
    if (type.isEmpty()) {
      throw new UsageException("either --list or --event <type> is required");
    }
    Optional<String> only = call.arguments().value(subject.option());
    EventWait.run(
        call,
        out ->
            listening.apply(
                told -> {
                  if (told.type().equals(type.get())
                      && only.stream().allMatch(told.names()::contains)) {
                    out.accept(text(subject, told));
                  }
                }));
  }

  private static String text(Subject subject, Told told) {
    String what =
        "event '%s' for %s %s".formatted(told.type(), subject.noun(), told.names().get(0));
    return told.kind().isEmpty() ? what : what + ": " + told.kind();
  }

  private static String word(Enum<?> kind) {
    String name = kind.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static DomainListener ofObjects(ObjectEvent.Type type, Teller teller) {
    return new Listener() {
      @Override
      public void event(ObjectEvent event) {
        List<String> names = List.of(event.name(), event.uuid().toString());
        boolean refreshed = event.kind() == ObjectEvent.Kind.REFRESHED;
        if (event.type() == type) {
          teller.tell(
              refreshed
                  ? new Told("refresh", names, "")
                  : new Told(LIFECYCLE, names, word(event.kind())));
        }
      }
    };
  }

  private static DomainListener ofSecrets(Teller teller) {
    return new Listener() {
      @Override
      public void event(SecretEvent event) {
        List<String> names = List.of(event.uuid().toString(), event.usageId());
        teller.tell(
            event.kind() == SecretEvent.Kind.VALUE_CHANGED
                ? new Told("value-changed", names, "")
                : new Told(LIFECYCLE, names, word(event.kind())));
      }
    };
  }

  /** Takes events of one kind of objects. */
  @FunctionalInterface
  private interface Teller {
    void tell(Told told);
  }

  /** Does not hear of machines. */
  private interface Listener extends DomainListener {
    @Override
    default void event(DomainEvent event) {}
  }
}
