package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.LifeVerbs;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.MetadataVerbs.Kind;
import org.virt.api.domain.MetadataVerbs.Note;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands about names and notes of machines. */
public final class NoteCommands {
  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Verbs.affecting(Verbs.domain("desc", "show or set title or description of a domain"))
            .optional("new-desc", "the new one; empty removes it", Values.NOTHING)
            .flag("title", "the title, not the description")
            .flag("edit", "edit it")
            .does(this::desc),
        Verbs.affecting(Verbs.domain("metadata", "show or set custom metadata of a domain"))
            .argument("uri", "URI of the namespace", Values.NOTHING)
            .option("key", "prefix of the namespace", Values.NOTHING)
            .option("set", "the new element", Values.NOTHING)
            .flag("edit", "edit it")
            .flag("remove", "remove it")
            .does(this::metadata),
        Verbs.domain("domrename", "give an inactive domain another name")
            .argument("new-name", "the new name", Values.NOTHING)
            .does(this::rename));
  }

  private void desc(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    Affects affects = Verbs.affects(call);
    MetadataVerbs notes = Verbs.of(call, MetadataVerbs.class);
    boolean title = arguments.has("title");
    Note note = title ? Note.TITLE : Note.DESCRIPTION;
    String word = title ? "title" : "description";
    Optional<String> given = arguments.value("new-desc");
    if (given.isEmpty() && !arguments.has("edit")) {
      Optional<String> text = read(notes, note, affects);
      call.out().println(text.orElse("No " + word + " for domain: " + Verbs.name(call)));
      return;
    }
    String text = given.orElse(arguments.has("edit") ? read(notes, note, affects).orElse("") : "");
    if (arguments.has("edit")) {
      text = call.peer().edit(text).stripTrailing();
    }
    String wanted = text;
    attempt(
        "Failed to set new domain " + word,
        () ->
            notes.setMetadata(
                note, Optional.of(wanted).filter(value -> !value.isEmpty()), affects));
    call.confirm("Domain " + word + " updated successfully");
  }

  private static Optional<String> read(MetadataVerbs notes, Note note, Affects affects)
      throws VirtException {
    try {
      return Optional.of(notes.metadata(note, affects));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_DOMAIN_METADATA) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void metadata(Invocation call) throws Exception {
    Arguments arguments = call.arguments();
    Affects affects = Verbs.affects(call);
    MetadataVerbs notes = Verbs.of(call, MetadataVerbs.class);
    Note note =
        new Note(Kind.ELEMENT, arguments.value("key").orElse(""), arguments.required("uri"));
    if (arguments.has("remove")) {
      notes.setMetadata(note, Optional.empty(), affects);
      call.confirm("Metadata removed");
      return;
    }
    Optional<String> set = arguments.value("set");
    if (arguments.has("edit")) {
      set = Optional.of(call.peer().edit(read(notes, note, affects).orElse("")));
    }
    if (set.isEmpty()) {
      call.out().println(notes.metadata(note, affects));
      return;
    }
    notes.setMetadata(note, set, affects);
    call.confirm("Metadata modified");
  }

  private void rename(Invocation call) throws CommandException, VirtException {
    Verbs.of(call, LifeVerbs.class).rename(call.arguments().required("new-name"));
    call.confirm("Domain successfully renamed");
  }
}
