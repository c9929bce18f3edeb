package org.virt.shell.internal.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.domain.DomainNotice;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Waits for events of machines and prints them. */
public final class EventCommand {
  private static final String LIFECYCLE = "lifecycle";

  /** Returns the commands. */
  public List<Command> commands() {
    Command.Builder event =
        Command.named("event", Group.EVENTS, "wait for domain events")
            .option("domain", "of one domain only: its name, id or uuid", Values.DOMAIN)
            .flag("all", "wait for events of any type");
    return List.of(EventWait.options(event, Values.EVENT).does(this::event));
  }

  private void event(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    if (arguments.has("list")) {
      types().forEach(call.out()::println);
      return;
    }
    Optional<String> type = EventWait.type(call, types());
    if (type.isEmpty() && !arguments.has("all")) {
      throw new UsageException("one of --list, --all, or --event <type> is required");
    }
    Optional<DomainId> only =
        arguments.has("domain") ? Optional.of(call.domain().id()) : Optional.empty();
    EventWait.run(call, out -> new Teller(type, only, out));
  }

  /** Returns the types, in the order of their numbers. */
  public static List<String> types() {
    List<String> types = new ArrayList<>(List.of(LIFECYCLE));
    for (DomainNotice.Type type : DomainNotice.Type.values()) {
      types.add(type.text());
    }
    return types;
  }

  /** Tells of events of a type, or of all, of a machine, or of all. */
  private record Teller(Optional<String> type, Optional<DomainId> only, Consumer<String> out)
      implements DomainListener {
    @Override
    public void event(DomainEvent event) {
      String kind = event.kind().typeText() + " " + event.kind().detailText();
      StringBuilder text = new StringBuilder(": ").append(kind);
      event.message().lines().forEach(line -> text.append("\n  ").append(line));
      tell(LIFECYCLE, new DomainNotice.Subject(event.domain(), event.name()), text.toString());
    }

    @Override
    public void notice(DomainNotice notice) {
      tell(notice.type().text(), notice.subject(), NoticeText.of(notice));
    }

    private void tell(String kind, DomainNotice.Subject of, String text) {
      if (type.orElse(kind).equals(kind) && only.orElse(of.id()).equals(of.id())) {
        out.accept("event '" + kind + "' for domain '" + of.name() + "'" + text);
      }
    }
  }
}
