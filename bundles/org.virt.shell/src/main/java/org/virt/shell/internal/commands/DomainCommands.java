package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Set;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.Domain.Autostart;
import org.virt.api.Domain.XmlView;
import org.virt.api.VirtException;
import org.virt.api.domain.Creation;
import org.virt.api.domain.HostCpuVerbs;
import org.virt.api.domain.SecretVerbs;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands that change machines, and their XML. */
public final class DomainCommands {
  private static final String DOMAIN = "domain";
  private static final String ANY = "domain name, id or uuid";

  private final ConsoleCommand console = new ConsoleCommand();

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        command("define", "define a domain from an XML file, without starting it")
            .argument("file", "file with domain XML", Values.FILE)
            .flag("validate", "refuse what is not known")
            .does(this::define),
        command("undefine", "forget the definition of a domain")
            .argument(DOMAIN, ANY, Values.DOMAIN)
            .flag("managed-save", "and what managedsave has saved")
            .flag("nvram", "and its NVRAM file")
            .flag("keep-nvram", "but not its NVRAM file")
            .flag("tpm", "and the state of its TPM")
            .flag("keep-tpm", "but not the state of its TPM")
            .flag("snapshots-metadata", "and what is known of its snapshots")
            .flag("checkpoints-metadata", "and what is known of its checkpoints")
            .does(LifeCommands::undefine),
        command("start", "start a defined domain")
            .argument(DOMAIN, "name or uuid of an inactive domain", Values.INACTIVE_DOMAIN)
            .flag("console", "attach to its console")
            .flag("paused", "its virtual CPUs do not run yet")
            .flag("bypass-cache", "restore past the host's cache")
            .flag("force-boot", "do not restore what managedsave has saved")
            .flag("reset-nvram", "with the variables of its firmware as they were at first")
            .does(this::start),
        command("create", "start a domain from an XML file, without defining it")
            .argument("file", "file with domain XML", Values.FILE)
            .flag("console", "attach to its console")
            .flag("paused", "its virtual CPUs do not run yet")
            .does(this::create),
        command("shutdown", "ask the guest to power off")
            .argument(DOMAIN, ANY, Values.ACTIVE_DOMAIN)
            .option("mode", "acpi, agent, initctl, signal, paravirt, by commas", Values.NOTHING)
            .does(LifeCommands::shutdown),
        command("destroy", "end a domain at once; its definition stays")
            .argument(DOMAIN, ANY, Values.ACTIVE_DOMAIN)
            .flag("graceful", "leave it alone when it does not end by itself")
            .flag("remove-logs", "remove its log, too")
            .does(LifeCommands::destroy),
        command("reboot", "ask the guest to reboot")
            .argument(DOMAIN, ANY, Values.ACTIVE_DOMAIN)
            .option("mode", "acpi, agent, initctl, signal, paravirt, by commas", Values.NOTHING)
            .does(LifeCommands::reboot),
        verb("reset", "reset a domain as by its reset button", Domain::reset, "was reset"),
        verb("suspend", "stop the virtual CPUs of a domain", Domain::suspend, "suspended"),
        verb("resume", "let the virtual CPUs of a domain go on", Domain::resume, "resumed"),
        command("autostart", "start a domain with the host")
            .argument(DOMAIN, ANY, Values.DOMAIN)
            .flag("disable", "no longer")
            .does(this::autostart),
        Verbs.affecting(
                command("set-lifecycle-action", "change what becomes of a domain that ends")
                    .argument(DOMAIN, ANY, Values.DOMAIN)
                    .argument("type", "poweroff, reboot or crash", Values.NOTHING)
                    .argument("action", "such as destroy, restart, preserve", Values.NOTHING))
            .does(LifeCommands::setLifecycleAction),
        command("dumpxml", "print the domain XML of a domain")
            .argument(DOMAIN, ANY, Values.DOMAIN)
            .flag("inactive", "that of its next start")
            .flag("security-info", "with passwords")
            .flag("update-cpu", "with the CPU of this host where it is to be that")
            .does(this::dumpxml),
        command("edit", "edit the definition of a domain")
            .argument(DOMAIN, ANY, Values.DOMAIN)
            .does(this::edit),
        command("console", "connect to the serial console of a domain")
            .argument(DOMAIN, ANY, Values.ACTIVE_DOMAIN)
            .option("devname", "alias of the device; the first one if not given", Values.NOTHING)
            .flag("force", "even if somebody else reads it, who loses it then")
            .flag("safe", "only where nobody else can read it; always so")
            .does(console::run));
  }

  private static Command.Builder command(String name, String summary) {
    return Command.named(name, Group.DOMAIN, summary);
  }

  private Command verb(String name, String summary, Verb verb, String done) {
    return command(name, summary)
        .argument(DOMAIN, ANY, Values.ACTIVE_DOMAIN)
        .does(call -> onDomain(call, name, verb, done));
  }

  /** Does something with the domain that is named, and says so. */
  static void onDomain(Invocation call, String name, Verb verb, String done)
      throws CommandException {
    String given = call.arguments().required(DOMAIN);
    Domain domain = call.domain();
    attempt("Failed to " + name + " domain '" + given + "'", () -> verb.apply(domain));
    call.confirm("Domain '" + given + "' " + done);
  }

  private void define(Invocation call) throws CommandException {
    String file = call.arguments().required("file");
    String xml = call.file("file");
    Connect connect = call.connect();
    boolean validate = call.arguments().has("validate");
    Domain domain =
        attempt(
            "Failed to define domain from " + file,
            () ->
                validate
                    ? connect.domain(connect.facet(Creation.class).defineValid(xml))
                    : connect.define(xml));
    call.confirm("Domain '" + name(domain) + "' defined from " + file);
  }

  private void start(Invocation call) throws Exception {
    Domain domain = call.domain();
    String name = name(domain);
    attempt("Failed to start domain '" + name + "'", () -> LifeCommands.start(call, domain));
    call.confirm("Domain '" + name + "' started");
    if (call.arguments().has("console")) {
      console.attach(call, domain, "", Set.of());
    }
  }

  private void create(Invocation call) throws Exception {
    String file = call.arguments().required("file");
    String xml = call.file("file");
    Connect connect = call.connect();
    Domain domain =
        attempt(
            "Failed to create domain from " + file, () -> LifeCommands.create(call, connect, xml));
    call.confirm("Domain '" + name(domain) + "' created from " + file);
    if (call.arguments().has("console")) {
      console.attach(call, domain, "", Set.of());
    }
  }

  private void autostart(Invocation call) throws CommandException {
    String name = call.arguments().required(DOMAIN);
    Domain domain = call.domain();
    boolean off = call.arguments().has("disable");
    String marked = off ? "unmark" : "mark";
    attempt(
        "Failed to " + marked + " domain '" + name + "' as autostarted",
        () -> domain.autostart(off ? Autostart.OFF : Autostart.ON));
    call.confirm("Domain '" + name + "' " + marked + "ed as autostarted");
  }

  private void dumpxml(Invocation call) throws CommandException {
    Domain domain = call.domain();
    XmlView view = call.arguments().has("inactive") ? XmlView.INACTIVE : XmlView.LIVE;
    boolean secrets = call.arguments().has("security-info");
    boolean update = call.arguments().has("update-cpu");
    call.out()
        .print(
            attempt(
                "Failed to get domain description xml",
                () -> {
                  if (update) {
                    return secrets
                        ? HostCpuVerbs.secretXml(domain, view)
                        : HostCpuVerbs.xml(domain, view);
                  }
                  return secrets ? SecretVerbs.xml(domain, view) : domain.xml(view);
                }));
  }

  private void edit(Invocation call) throws CommandException {
    Connect connect = call.connect();
    Domain domain = call.domain();
    String kept = "Domain '" + name(domain) + "'";
    String before =
        attempt(
            "Failed to get domain description xml",
            () -> SecretVerbs.xml(domain, XmlView.INACTIVE));
    String after = call.peer().edit(before);
    if (after.equals(before)) {
      call.confirm(kept + " XML configuration not changed.");
      return;
    }
    Domain edited = attempt("Failed to define " + kept, () -> connect.define(after));
    call.confirm("Domain '" + name(edited) + "' XML configuration edited.");
  }

  private static String name(Domain domain) throws CommandException {
    return attempt("failed to get the domain's name", () -> domain.summary().name());
  }

  /** Something that is done with a domain. */
  interface Verb {
    void apply(Domain domain) throws VirtException;
  }
}
