package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.Filters;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.api.nwfilter.RulesRequest;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.Table;
import org.virt.shell.internal.command.UsageException;

/** Commands that define filters and bind ports to them. */
public final class FilterCommands {
  private static final String FILTER = "nwfilter";
  private static final String BINDING = "binding";
  private static final int MOST_BINDERS = 200;

  /** What rules are shown for when no port is named. */
  private static final String EXAMPLE_PORT = "vnet0";

  private static final String EXAMPLE_MAC = "52:54:00:00:00:01";

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        command("nwfilter-define", "define a network filter from an XML file, or replace it")
            .argument("file", "file with filter XML", Values.FILE)
            .does(this::define),
        filter("nwfilter-undefine", "forget a network filter").does(this::undefine),
        command("nwfilter-list", "list network filters").does(this::list),
        filter("nwfilter-dumpxml", "print the XML of a network filter").does(this::dump),
        filter("nwfilter-edit", "edit the XML of a network filter").does(this::edit),
        command("nwfilter-binding-create", "bind an interface to a network filter, by an XML file")
            .arguments("file", "files with filterbinding XML, bound together", Values.FILE)
            .does(this::bind),
        binding("nwfilter-binding-delete", "end the binding of an interface").does(this::unbind),
        command("nwfilter-binding-list", "list bound interfaces").does(this::listBindings),
        binding("nwfilter-binding-dumpxml", "print the XML of a binding").does(this::dumpBinding),
        command("nwfilter-rules", "print the rules that a filter would become; nothing is applied")
            .argument("filter", "name of a filter, or file with filter XML", Values.FILTER_OR_FILE)
            .option(
                "technique",
                "for which technique; the preferred one if not given",
                Values.TECHNIQUE)
            .option("port", "for which interface; " + EXAMPLE_PORT + " if not given", Values.PORT)
            .option(
                "mac", "MAC address of the guest; " + EXAMPLE_MAC + " if not given", Values.NOTHING)
            .repeated(
                "param", "value of a variable, NAME=VALUE; again for more values", Values.NOTHING)
            .does(this::rules));
  }

  private static Command.Builder command(String name, String summary) {
    return Command.named(name, Group.FILTER, summary);
  }

  private static Command.Builder filter(String name, String summary) {
    return command(name, summary).argument(FILTER, "network filter name or uuid", Values.FILTER);
  }

  private static Command.Builder binding(String name, String summary) {
    return command(name, summary).argument(BINDING, "name of the interface", Values.PORT);
  }

  private void define(Invocation call) throws CommandException {
    String file = call.arguments().required("file");
    String xml = call.file("file");
    Filters filters = call.filtersThere();
    NetworkFilter filter =
        attempt("Failed to define network filter from " + file, () -> filters.define(xml));
    call.confirm("Network filter " + filter.name() + " defined from " + file);
    warn(call, filter);
  }

  private void undefine(Invocation call) throws CommandException {
    String name = call.arguments().required(FILTER);
    Filters filters = call.filtersThere();
    NetworkFilter filter = find(filters, name);
    attempt(
        "Failed to undefine network filter " + name,
        () -> filters.undefine(filter.uuid().toString()));
    call.confirm("Network filter " + name + " undefined");
  }

  private static NetworkFilter find(Filters filters, String name) throws CommandException {
    return attempt("failed to get nwfilter '" + name + "'", () -> filters.filter(name));
  }

  private void list(Invocation call) throws CommandException {
    Table table = new Table("UUID", "Name");
    Filters filters = call.filtersThere();
    for (NetworkFilter filter : attempt("Failed to list network filters", filters::filters)) {
      table.row(filter.uuid().toString(), filter.name());
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void dump(Invocation call) throws CommandException {
    call.out().print(find(call.filtersThere(), call.arguments().required(FILTER)).xml());
  }

  private void edit(Invocation call) throws CommandException {
    Filters filters = call.filtersThere();
    NetworkFilter filter = find(filters, call.arguments().required(FILTER));
    String edited = call.peer().edit(filter.xml());
    if (edited.equals(filter.xml())) {
      call.confirm("Network filter " + filter.name() + " XML configuration not changed.");
      return;
    }
    NetworkFilter now =
        attempt("Failed to define network filter " + filter.name(), () -> filters.define(edited));
    call.confirm("Network filter " + now.name() + " XML configuration edited.");
    warn(call, now);
  }

  /** A filter with a value that does not exist is kept, as libvirt once did, and of no use. */
  private static void warn(Invocation call, NetworkFilter filter) {
    filter
        .faults()
        .forEach(
            fault ->
                call.peer()
                    .err()
                    .println("warning: filter " + filter.name() + " cannot be bound: " + fault));
  }

  /** Asks for all bindings at once, for then they are committed together. */
  private void bind(Invocation call) throws CommandException {
    List<String> files = call.arguments().values("file");
    List<String> contents = call.files("file");
    Filters filters = call.filtersThere();
    ExecutorService binders = Executors.newFixedThreadPool(Math.min(files.size(), MOST_BINDERS));
    List<Future<FilterBinding>> bindings = new ArrayList<>();
    contents.forEach(xml -> bindings.add(binders.submit(() -> filters.bind(xml))));
    binders.shutdown();
    CommandException failure = null;
    for (int i = 0; i < files.size(); i++) {
      try {
        FilterBinding binding = bound(files.get(i), bindings.get(i));
        call.confirm(
            "Network filter binding on " + binding.port() + " created from " + files.get(i));
      } catch (CommandException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static FilterBinding bound(String file, Future<FilterBinding> binding)
      throws CommandException {
    String failed = "Failed to create network filter from " + file;
    try {
      return binding.get();
    } catch (ExecutionException e) {
      throw new CommandException(
          failed,
          e.getCause() instanceof VirtException known
              ? known
              : new VirtException(ErrorCode.INTERNAL_ERROR, e.getCause().toString(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(
          failed, new VirtException(ErrorCode.OPERATION_ABORTED, "interrupted", e));
    }
  }

  private void unbind(Invocation call) throws CommandException, UsageException {
    PortId port = Invocation.port(call.arguments().required(BINDING));
    Filters filters = call.filtersThere();
    attempt("Failed to delete network filter binding on " + port, () -> filters.unbind(port));
    call.confirm("Network filter binding on " + port + " deleted");
  }

  private void listBindings(Invocation call) throws CommandException {
    Table table = new Table("Port Dev", "Filter");
    Filters filters = call.filtersThere();
    for (FilterBinding binding :
        attempt("Failed to list network filter bindings", filters::bindings)) {
      table.row(binding.port().name(), binding.filter().filter());
    }
    call.out().print(table.text(call.peer().quiet()));
  }

  private void dumpBinding(Invocation call) throws CommandException, UsageException {
    PortId port = Invocation.port(call.arguments().required(BINDING));
    Filters filters = call.filtersThere();
    call.out()
        .print(
            attempt(
                "failed to get nwfilter binding '" + port + "'", () -> filters.bindingXml(port)));
  }

  private void rules(Invocation call) throws CommandException, UsageException {
    Arguments arguments = call.arguments();
    String filter = arguments.required("filter");
    boolean file = filter.equals("-") || filter.contains("/") || filter.endsWith(".xml");
    RulesRequest request =
        new RulesRequest(
            file ? call.file("filter") : filter,
            arguments.value("technique"),
            Invocation.port(arguments.value("port").orElse(EXAMPLE_PORT)),
            mac(arguments.value("mac")),
            parameters(arguments.values("param")));
    FilterManager filters = call.filters();
    call.out().print(attempt("Failed to make rules of " + filter, () -> filters.rules(request)));
  }

  private static MacAddress mac(Optional<String> given) throws UsageException {
    try {
      return MacAddress.parse(given.orElse(EXAMPLE_MAC));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private static Map<String, List<String>> parameters(List<String> given) throws UsageException {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String parameter : given) {
      int equals = parameter.indexOf('=');
      if (equals < 1) {
        throw new UsageException("expected syntax: --param NAME=VALUE, not '" + parameter + "'");
      }
      values
          .computeIfAbsent(parameter.substring(0, equals), name -> new ArrayList<>())
          .add(parameter.substring(equals + 1));
    }
    return values;
  }
}
