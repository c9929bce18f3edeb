package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Creation;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.LifeVerbs.DestroyFlag;
import org.virt.api.domain.LifeVerbs.Occasion;
import org.virt.api.domain.LifeVerbs.Outcome;
import org.virt.api.domain.LifeVerbs.ShutdownMode;
import org.virt.api.domain.LifeVerbs.StartFlag;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.UsageException;

/** Starting and ending with options; without any, every driver can do it. */
final class LifeCommands {
  private LifeCommands() {}

  static void start(Invocation call, Domain domain) throws VirtException {
    Set<StartFlag> flags = flags(StartFlag.class, call.arguments());
    if (flags.isEmpty()) {
      domain.start();
    } else {
      domain.facet(LifeVerbs.class).create(flags);
    }
  }

  static Domain create(Invocation call, Connect connect, String xml) throws VirtException {
    Set<StartFlag> flags = flags(StartFlag.class, call.arguments());
    return flags.isEmpty()
        ? connect.create(xml)
        : connect.domain(connect.facet(Creation.class).createXml(xml, flags));
  }

  static void shutdown(Invocation call) throws CommandException {
    Set<ShutdownMode> modes = modes(call);
    DomainCommands.onDomain(
        call,
        "shutdown",
        domain -> {
          if (modes.isEmpty()) {
            domain.shutdown();
          } else {
            domain.facet(LifeVerbs.class).shutdown(modes);
          }
        },
        "is being shutdown");
  }

  static void reboot(Invocation call) throws CommandException {
    Set<ShutdownMode> modes = modes(call);
    DomainCommands.onDomain(
        call,
        "reboot",
        domain -> {
          if (modes.isEmpty()) {
            domain.reboot();
          } else {
            domain.facet(LifeVerbs.class).reboot(modes);
          }
        },
        "is being rebooted");
  }

  static void destroy(Invocation call) throws CommandException {
    Set<DestroyFlag> flags = flags(DestroyFlag.class, call.arguments());
    DomainCommands.onDomain(
        call,
        "destroy",
        domain -> {
          if (flags.isEmpty()) {
            domain.destroy();
          } else {
            domain.facet(LifeVerbs.class).destroy(flags);
          }
        },
        "destroyed");
  }

  static void undefine(Invocation call) throws CommandException {
    Set<UndefineFlag> flags = flags(UndefineFlag.class, call.arguments());
    DomainCommands.onDomain(
        call,
        "undefine",
        domain -> {
          if (flags.isEmpty()) {
            domain.undefine();
          } else {
            domain.facet(LifeVerbs.class).undefine(flags);
          }
        },
        "has been undefined");
  }

  static void setLifecycleAction(Invocation call) throws CommandException, UsageException {
    String type = call.arguments().required("type");
    String action = call.arguments().required("action");
    Occasion occasion = Verbs.constant(Occasion.class, type, "lifecycle type");
    Outcome outcome = Verbs.constant(Outcome.class, action, "lifecycle action");
    Affects affects = Verbs.affects(call);
    LifeVerbs verbs = Verbs.of(call, LifeVerbs.class);
    attempt(
        "Unable to change lifecycle action.",
        () -> verbs.setLifecycleAction(occasion, outcome, affects));
  }

  private static <E extends Enum<E>> Set<E> flags(Class<E> type, Arguments arguments) {
    Set<E> flags = EnumSet.noneOf(type);
    for (E flag : type.getEnumConstants()) {
      if (arguments.has(flag.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
        flags.add(flag);
      }
    }
    return flags;
  }

  private static Set<ShutdownMode> modes(Invocation call) throws CommandException {
    Set<ShutdownMode> modes = EnumSet.noneOf(ShutdownMode.class);
    Optional<String> given = call.arguments().value("mode");
    if (given.isPresent()) {
      for (String word : given.get().split(",", -1)) {
        modes.add(Verbs.constant(ShutdownMode.class, word, "mode value"));
      }
    }
    return modes;
  }
}
