package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.virt.api.host.Secret;
import org.virt.api.host.Secrets;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands about secrets. */
public final class SecretCommands {
  private static final String SECRET = "secret";
  private static final String FILE = "file";
  private static final String BASE64 = "base64";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        Command.named("secret-list", Group.SECRET, "list secrets")
            .flag("ephemeral", "those in memory only")
            .flag("no-ephemeral", "those that last")
            .flag("private", "those whose value is never told")
            .flag("no-private", "those whose value is told")
            .does(this::list),
        Command.named("secret-define", Group.SECRET, "define a secret from an XML file")
            .argument(FILE, "file with secret XML", Values.FILE)
            .does(this::define),
        of("secret-dumpxml", "print the XML of a secret").does(this::dumpxml),
        of("secret-set-value", "set the value of a secret")
            .optional(BASE64, "the value, base64", Values.NOTHING)
            .option(FILE, "file with the value", Values.FILE)
            .flag("plain", "the file's text is the value, not base64")
            .does(this::setValue),
        of("secret-get-value", "print the value of a secret, base64")
            .flag("plain", "as it is")
            .does(this::value),
        of("secret-undefine", "remove a secret").does(this::undefine));
  }

  private static Command.Builder of(String name, String summary) {
    return Command.named(name, Group.SECRET, summary)
        .argument(SECRET, "secret UUID", Values.NOTHING);
  }

  private static Secrets secrets(Invocation call) throws CommandException {
    return Verbs.host(call, Secrets.class);
  }

  private static UUID uuid(Invocation call) throws CommandException {
    String text = call.arguments().required(SECRET);
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new CommandException("failed to get secret '" + text + "': it is no UUID");
    }
  }

  private void list(Invocation call) throws CommandException {
    Secrets secrets = secrets(call);
    Table table = new Table("UUID", "Usage");
    for (Secret secret : attempt("Failed to list secrets", secrets::secrets)) {
      if (isWanted(call, secret)) {
        table.row(
            secret.uuid().toString(),
            secret.usage() == Secret.Usage.NONE
                ? "Unused"
                : secret.usage().text() + " " + secret.usageId());
      }
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private static boolean isWanted(Invocation call, Secret secret) {
    boolean ephemeral = secret.keeping() == Secret.Keeping.EPHEMERAL;
    boolean secluded = secret.disclosure() == Secret.Disclosure.PRIVATE;
    return !(call.arguments().has(ephemeral ? "no-ephemeral" : "ephemeral")
        || call.arguments().has(secluded ? "no-private" : "private"));
  }

  private void define(Invocation call) throws CommandException {
    String xml = call.file(FILE);
    Secrets secrets = secrets(call);
    UUID uuid =
        attempt(
            "Failed to set attributes from " + call.arguments().required(FILE),
            () -> secrets.defineSecret(xml));
    call.confirm("Secret " + uuid + " created");
  }

  private void dumpxml(Invocation call) throws CommandException {
    UUID uuid = uuid(call);
    Secrets secrets = secrets(call);
    call.out().print(attempt("failed to get secret XML", () -> secrets.secretXml(uuid)));
  }

  private void setValue(Invocation call) throws CommandException, UsageException {
    UUID uuid = uuid(call);
    boolean given = call.arguments().value(BASE64).isPresent();
    if (given == call.arguments().value(FILE).isPresent()) {
      throw new UsageException("need either the value or --file");
    }
    String text = given ? call.arguments().required(BASE64) : call.file(FILE);
    Secrets secrets = secrets(call);
    byte[] value =
        call.arguments().has("plain") ? text.getBytes(StandardCharsets.UTF_8) : decode(text);
    attempt("Failed to set secret value", () -> secrets.setSecretValue(uuid, value));
    call.confirm("Secret value set");
  }

  private static byte[] decode(String text) throws CommandException {
    try {
      return Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      throw new CommandException("Failed to decode base64 value: " + e.getMessage());
    }
  }

  private void value(Invocation call) throws CommandException {
    UUID uuid = uuid(call);
    Secrets secrets = secrets(call);
    byte[] value = attempt("Failed to get secret value", () -> secrets.secretValue(uuid));
    if (call.arguments().has("plain")) {
      call.out().write(value, 0, value.length);
    } else {
      call.out().println(Base64.getEncoder().encodeToString(value));
    }
  }

  private void undefine(Invocation call) throws CommandException {
    UUID uuid = uuid(call);
    Secrets secrets = secrets(call);
    attempt("Failed to delete secret " + uuid, () -> secrets.undefineSecret(uuid));
    call.confirm("Secret " + uuid + " deleted");
  }
}
