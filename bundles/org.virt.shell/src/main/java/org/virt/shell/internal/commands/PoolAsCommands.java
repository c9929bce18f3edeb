package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePools;
import org.virt.api.xml.XmlWriter;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;

/** Commands about storage pools that are described by options. */
public final class PoolAsCommands {
  private static final List<String> SOURCE =
      List.of("source-host", "source-path", "source-dev", "source-name");
  private static final List<String> ADAPTER =
      List.of(
          "adapter-name",
          "adapter-wwnn",
          "adapter-wwpn",
          "adapter-parent",
          "adapter-parent-wwnn",
          "adapter-parent-wwpn",
          "adapter-parent-fabric-wwn");
  private static final List<String> FURTHER =
      List.of("source-format", "source-protocol-ver", "source-initiator", "auth-type");
  private static final List<String> LOGIN =
      List.of("auth-type", "auth-username", "secret-usage", "secret-uuid");

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        of("pool-define-as", "define a storage pool that options describe")
            .does(call -> make(call, "define", "defined", StoragePools::defineStoragePool)),
        of("pool-create-as", "start a storage pool that options describe")
            .does(call -> make(call, "create", "created", StoragePools::createStoragePool)),
        Command.named(
                "find-storage-pool-sources-as", Group.POOL, "find what pools could be made of")
            .argument("type", "type of the pools", Values.NOTHING)
            .optional("host", "where to look", Values.NOTHING)
            .optional("port", "its port", Values.NOTHING)
            .optional("initiator", "as whom", Values.NOTHING)
            .does(PoolAsCommands::find));
  }

  /** Everything may stand by position, in virsh's order. */
  private static Command.Builder of(String name, String summary) {
    Command.Builder command =
        Command.named(name, Group.POOL, summary)
            .argument("name", "name of the pool", Values.NOTHING)
            .argument("type", "its type, such as dir", Values.NOTHING)
            .flag("print-xml", "print the XML only");
    SOURCE.forEach(option -> command.optional(option, "what it is made of", Values.NOTHING));
    command
        .optional("target", "where its volumes are found on this host", Values.FILE)
        .optional("source-format", "format of what it is made of", Values.NOTHING);
    LOGIN.forEach(option -> command.optional(option, "who logs in there", Values.NOTHING));
    ADAPTER.forEach(option -> command.optional(option, "SCSI adapter", Values.NOTHING));
    return command
        .optional("source-protocol-ver", "version of NFS", Values.NOTHING)
        .optional("source-initiator", "name of the initiator", Values.NOTHING);
  }

  /** Makes a pool of XML and returns its name. */
  @FunctionalInterface
  private interface Maker {
    String make(StoragePools pools, String xml) throws VirtException;
  }

  private static void make(Invocation call, String verb, String done, Maker maker)
      throws CommandException {
    String xml = xml(call.arguments());
    if (call.arguments().has("print-xml")) {
      call.out().print(xml);
      return;
    }
    StoragePools pools = Verbs.host(call, StoragePools.class);
    String name = call.arguments().required("name");
    attempt("Failed to " + verb + " pool " + name, () -> maker.make(pools, xml));
    call.confirm("Pool " + name + " " + done);
  }

  /** Returns the XML of what options describe, as virsh writes it. */
  private static String xml(Arguments given) {
    XmlWriter out = new XmlWriter().open("pool").attribute("type", given.required("type"));
    out.element("name", given.required("name"));
    if (Stream.of(SOURCE, ADAPTER, FURTHER).flatMap(List::stream).anyMatch(has(given))) {
      source(given, out.open("source"));
      out.close();
    }
    given.value("target").ifPresent(path -> out.open("target").element("path", path).close());
    return out.close().toString();
  }

  private static Predicate<String> has(Arguments given) {
    return option -> given.value(option).isPresent();
  }

  private static void source(Arguments given, XmlWriter out) {
    one(given, "source-host", out, "host", "name");
    one(given, "source-path", out, "dir", "path");
    one(given, "source-dev", out, "device", "path");
    if (given.value("adapter-wwnn").isPresent()) {
      out.open("adapter").attribute("type", "fc_host");
      for (String part : ADAPTER.subList(1, ADAPTER.size())) {
        String name = part.substring("adapter-".length()).replace('-', '_');
        given.value(part).ifPresent(value -> out.attribute(name, value));
      }
      out.close();
    } else if (given.value("adapter-name").isPresent()) {
      out.open("adapter").attribute("type", "scsi_host");
      given.value("adapter-name").ifPresent(name -> out.attribute("name", name));
      out.close();
    }
    login(given, out);
    one(given, "source-format", out, "format", "type");
    given.value("source-name").ifPresent(name -> out.element("name", name));
    one(given, "source-protocol-ver", out, "protocol", "ver");
    if (given.value("source-initiator").isPresent()) {
      one(given, "source-initiator", out.open("initiator"), "iqn", "name");
      out.close();
    }
  }

  private static void login(Arguments given, XmlWriter out) {
    Optional<String> type = given.value("auth-type");
    Optional<String> user = given.value("auth-username");
    if (type.isEmpty() || user.isEmpty()) {
      return;
    }
    out.open("auth").attribute("type", type.get()).attribute("username", user.get());
    out.open("secret");
    given.value("secret-usage").ifPresent(usage -> out.attribute("usage", usage));
    given.value("secret-uuid").ifPresent(uuid -> out.attribute("uuid", uuid));
    out.close().close();
  }

  private static void one(
      Arguments given, String option, XmlWriter out, String element, String attribute) {
    given.value(option).ifPresent(value -> out.open(element).attribute(attribute, value).close());
  }

  private static void find(Invocation call) throws CommandException {
    Arguments given = call.arguments();
    String type = given.required("type");
    Optional<String> source = given.value("host").map(host -> place(given, host));
    StoragePools pools = Verbs.host(call, StoragePools.class);
    call.out()
        .print(
            attempt(
                "Failed to find any " + type + " pool sources",
                () -> pools.findStoragePoolSources(type, source)));
  }

  private static String place(Arguments given, String host) {
    XmlWriter out = new XmlWriter().open("source").open("host").attribute("name", host);
    given.value("port").ifPresent(port -> out.attribute("port", port));
    out.close();
    given
        .value("initiator")
        .ifPresent(
            name -> out.open("initiator").open("iqn").attribute("name", name).close().close());
    return out.close().toString();
  }
}
