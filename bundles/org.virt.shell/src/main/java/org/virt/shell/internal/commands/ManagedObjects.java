package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.ManagedObject;
import org.virt.api.VirtException;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** What commands about networks and about storage pools have in common. */
final class ManagedObjects<F, O extends ManagedObject> {
  private static final String FILE = "file";

  private final Words words;
  private final Class<F> facet;
  private final Lister<F, O> lister;

  /**
   * How a kind of objects is called.
   *
   * @param prefix of its commands, such as {@code net}
   * @param word virsh's, such as {@code network}: the argument, too
   * @param title its full name in libvirt's errors, such as {@code Storage pool}
   */
  record Words(Group group, String prefix, String word, String title, ErrorCode absent) {
    String capital() {
      return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
  }

  /** Lists all objects of a connection. */
  @FunctionalInterface
  interface Lister<F, O> {
    List<O> list(F facet) throws VirtException;
  }

  /** Makes something of XML and returns its name. */
  @FunctionalInterface
  interface Maker<F> {
    String make(F facet, String xml) throws VirtException;
  }

  /** Returns the XML of an object. */
  @FunctionalInterface
  interface Printer<F> {
    String print(F facet, String name) throws VirtException;
  }

  /** Does something to an object. */
  @FunctionalInterface
  interface Verb<F> {
    void on(F facet, String name) throws VirtException;
  }

  /** Says whether an object is to be active when the host is. */
  @FunctionalInterface
  interface Autostarter<F> {
    void set(F facet, String name, Autostart autostart) throws VirtException;
  }

  ManagedObjects(Words words, Class<F> facet, Lister<F, O> lister) {
    this.words = words;
    this.facet = facet;
    this.lister = lister;
  }

  /** Begins a command about one object. */
  Command.Builder command(String verb, String summary) {
    return Command.named(words.prefix() + "-" + verb, words.group(), summary)
        .argument(words.word(), words.word() + " name or uuid", Values.NOTHING);
  }

  /** Returns a command that makes an object of a file. */
  Command making(String verb, String done, String summary, Maker<F> maker) {
    return Command.named(words.prefix() + "-" + verb, words.group(), summary)
        .argument(FILE, "file with " + words.word() + " XML", Values.FILE)
        .does(
            call -> {
              String file = call.arguments().required(FILE);
              String xml = call.file(FILE);
              F there = facet(call);
              String name =
                  attempt(
                      "Failed to " + verb + " " + words.word() + " from " + file,
                      () -> maker.make(there, xml));
              call.confirm(words.capital() + " " + name + " " + done + " from " + file);
            });
  }

  /** Returns the command that edits the definition of an object. */
  Command edit(Printer<F> printer, Maker<F> maker) {
    return command("edit", "edit the definition of a " + words.word())
        .does(
            call -> {
              String name = of(call).name();
              F there = facet(call);
              String failure = "failed to edit " + words.word() + " " + name;
              String before = attempt(failure, () -> printer.print(there, name));
              String after = call.peer().edit(before);
              if (after.equals(before)) {
                call.confirm(words.capital() + " " + name + " XML configuration not changed.");
                return;
              }
              String edited = attempt(failure, () -> maker.make(there, after));
              call.confirm(words.capital() + " " + edited + " XML configuration edited.");
            });
  }

  /** Returns a command that does something to an object. */
  Command doing(String verb, String done, String summary, Verb<F> action) {
    return command(verb, summary)
        .does(
            call -> {
              String name = of(call).name();
              F there = facet(call);
              attempt(
                  "Failed to " + verb + " " + words.word() + " " + name,
                  () -> action.on(there, name));
              call.confirm(words.capital() + " " + name + " " + done);
            });
  }

  /** Returns the command that has an object active when the host is. */
  Command autostart(String summary, Autostarter<F> action) {
    return command("autostart", summary)
        .flag("disable", "no longer")
        .does(
            call -> {
              String name = of(call).name();
              boolean off = call.arguments().has("disable");
              String mark = off ? "unmark" : "mark";
              F there = facet(call);
              attempt(
                  "failed to " + mark + " " + words.word() + " " + name + " as autostarted",
                  () -> action.set(there, name, off ? Autostart.OFF : Autostart.ON));
              call.confirm(words.capital() + " " + name + " " + mark + "ed as autostarted");
            });
  }

  /** Returns the commands that print an object's name and its UUID. */
  List<Command> names(String noun) {
    return List.of(
        command("name", "print the name of a " + noun + " of a UUID")
            .does(call -> call.out().println(of(call).name())),
        command("uuid", "print the UUID of a " + noun)
            .does(call -> call.out().println(of(call).uuid())));
  }

  /** Returns the objects that a list's options choose: active, inactive or both. */
  List<O> chosen(Invocation call) throws CommandException {
    boolean all = call.arguments().has("all");
    boolean inactive = call.arguments().has("inactive");
    return all(call, "Failed to list " + words.word() + "s").stream()
        .filter(one -> all || one.isActive() != inactive)
        .toList();
  }

  /** Returns the object that a command is about, by its name or else its UUID. */
  O of(Invocation call) throws CommandException {
    String wanted = call.arguments().required(words.word());
    String failure = "failed to get " + words.word() + " '" + wanted + "'";
    List<O> all = all(call, failure);
    return find(all, one -> one.name().equals(wanted))
        .or(() -> find(all, one -> one.uuid().toString().equals(wanted)))
        .orElseThrow(
            () -> new CommandException(failure, new VirtException(words.absent(), none(wanted))));
  }

  private String none(String wanted) {
    String title = words.title();
    String noun = title.toLowerCase(Locale.ROOT);
    return "%s not found: no %s with matching name '%s'".formatted(title, noun, wanted);
  }

  private List<O> all(Invocation call, String failure) throws CommandException {
    F there = facet(call);
    return attempt(failure, () -> lister.list(there));
  }

  private static <O> Optional<O> find(List<O> all, Predicate<O> which) {
    return all.stream().filter(which).findFirst();
  }

  F facet(Invocation call) throws CommandException {
    return call.connect().facet(facet);
  }

  /** Prints what is common to all of them, as virsh's {@code …-info} does. */
  static void line(Invocation call, String name, Object value) {
    call.out().println(String.format("%-15s %s", name, value));
  }

  static String yes(boolean is) {
    return is ? "yes" : "no";
  }
}
