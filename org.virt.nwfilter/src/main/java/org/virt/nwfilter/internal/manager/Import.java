package org.virt.nwfilter.internal.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.ImportRequest;
import org.virt.api.nwfilter.ImportRequest.Existing;
import org.virt.api.nwfilter.ImportResult;
import org.virt.api.nwfilter.ImportResult.Kind;
import org.virt.api.nwfilter.ImportResult.Outcome;
import org.virt.api.xml.SafeXml;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.xml.BindingXml;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;

/**
 * Takes over filters and bindings of another installation. What is taken over means here what it
 * meant there: a filter or binding waits for the filters that it reaches and is refused when one of
 * them is another one here. For one thread.
 */
final class Import {
  private static final Logger LOG = LoggerFactory.getLogger(Import.class);

  /** More wait for each other, not for the kernel. */
  private static final int MOST_CALLERS = 64;

  private final FilterManager manager;

  private final Supplier<Definitions> definitions;
  private final ImportRequest request;
  private final Map<String, FilterDefinition> filters = new LinkedHashMap<>();
  private final Map<String, FilterBinding> bindings = new LinkedHashMap<>();
  private final Set<String> others = new HashSet<>();
  private final List<ImportResult> results = new ArrayList<>();

  Import(FilterManager manager, Supplier<Definitions> definitions, ImportRequest request) {
    this.manager = manager;
    this.definitions = definitions;
    this.request = request;
  }

  List<ImportResult> run() {
    request.documents().forEach(this::read);
    filters();
    bindings();
    return List.copyOf(results);
  }

  // --- reading -----------------------------------------------------------------------------------

  private void read(String document, String xml) {
    Kind kind = Kind.UNKNOWN;
    try {
      String root = SafeXml.read(document, xml, Import::rootOf);
      switch (root) {
        case "filter" -> {
          kind = Kind.FILTER;
          read(document, FilterXml.parse(xml));
        }
        case BindingXml.ROOT -> {
          kind = Kind.BINDING;
          bindings.put(document, BindingXml.parse(xml));
        }
        case BindingXml.STATUS -> {
          kind = Kind.BINDING;
          bindings.put(document, BindingXml.parseStatus(xml));
        }
        default -> add(document, kind, "", Outcome.REFUSED, "<" + root + "> is no filter");
      }
    } catch (VirtException e) {
      // libvirt calls files by what they define: who refers to this filter must not get ours.
      others.add(document.substring(document.lastIndexOf('/') + 1).replaceFirst("\\.xml$", ""));
      add(document, kind, "", Outcome.REFUSED, e.getMessage());
    }
  }

  private static String rootOf(XMLStreamReader in) throws XMLStreamException {
    while (in.next() != XMLStreamConstants.START_ELEMENT) {
      continue;
    }
    return in.getLocalName();
  }

  private void read(String document, FilterDefinition filter) {
    List<String> faults = FilterXml.faults(filter);
    boolean twice = filters.values().stream().anyMatch(f -> f.name().equals(filter.name()));
    if (twice || !faults.isEmpty()) {
      String reason = twice ? "another document defines this filter" : String.join("; ", faults);
      add(document, Kind.FILTER, filter.name(), Outcome.REFUSED, reason);
      if (!twice) {
        others.add(filter.name());
      }
    } else {
      filters.put(document, filter);
    }
  }

  // --- filters -----------------------------------------------------------------------------------

  /** What others refer to goes first; what refers in a circle goes last, and is refused. */
  private void filters() {
    Map<String, FilterDefinition> open = new LinkedHashMap<>(filters);
    while (!open.isEmpty()) {
      Set<String> waiting = new HashSet<>();
      open.values().forEach(filter -> waiting.add(filter.name()));
      String next =
          open.entrySet().stream()
              .filter(e -> e.getValue().references().stream().noneMatch(waiting::contains))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElseGet(() -> open.keySet().iterator().next());
      filter(next, open.remove(next));
    }
  }

  private void filter(String document, FilterDefinition filter) {
    Optional<FilterDefinition> here = definitions.get().named(filter.name());
    boolean same = here.filter(h -> h.sameMeaning(filter)).isPresent();
    Optional<String> other = filter.references().stream().filter(others::contains).findFirst();
    if (other.isPresent() || !same && here.isPresent() && request.existing() == Existing.KEEP) {
      others.add(filter.name());
    }
    if (same) {
      add(document, Kind.FILTER, filter.name(), Outcome.SAME, "");
    } else if (other.isPresent()) {
      add(document, Kind.FILTER, filter.name(), Outcome.REFUSED, notImported(other.get()));
    } else if (here.isPresent() && request.existing() == Existing.KEEP) {
      add(document, Kind.FILTER, filter.name(), Outcome.KEPT, "a different filter of this name");
    } else {
      define(document, filter, here);
    }
  }

  private void define(String document, FilterDefinition filter, Optional<FilterDefinition> here) {
    // A filter that is known by its name keeps the UUID that it has here.
    FilterDefinition taken =
        here.flatMap(FilterDefinition::uuid).map(filter::withUuid).orElse(filter);
    try {
      manager.define(FilterXml.print(taken));
      Outcome outcome = here.isPresent() ? Outcome.REPLACED : Outcome.IMPORTED;
      add(document, Kind.FILTER, filter.name(), outcome, "");
    } catch (VirtException e) {
      others.add(filter.name());
      add(document, Kind.FILTER, filter.name(), Outcome.REFUSED, e.getMessage());
    }
  }

  private static String notImported(String filter) {
    return "it uses filter " + filter + ", which was not imported and is missing or different here";
  }

  // --- bindings ----------------------------------------------------------------------------------

  /** Binds many at once, for the manager commits together what comes together. */
  private void bindings() {
    Map<String, FilterBinding> open = new LinkedHashMap<>(bindings);
    ExecutorService callers = Executors.newFixedThreadPool(MOST_CALLERS, Import::daemon);
    try {
      while (!open.isEmpty()) {
        // What another document says of the same port comes after that.
        Map<PortId, String> wave = new LinkedHashMap<>();
        open.forEach((document, binding) -> wave.putIfAbsent(binding.port(), document));
        Map<PortId, FilterBinding> here = new HashMap<>();
        manager.bindings().forEach(binding -> here.put(binding.port(), binding));
        List<CompletableFuture<ImportResult>> calls = new ArrayList<>();
        wave.forEach(
            (port, document) -> {
              FilterBinding binding = open.remove(document);
              Optional<FilterBinding> before = Optional.ofNullable(here.get(port));
              calls.add(
                  CompletableFuture.supplyAsync(() -> binding(document, binding, before), callers));
            });
        calls.forEach(call -> results.add(call.join()));
      }
    } finally {
      callers.shutdown();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "virt-nwfilter-import");
    thread.setDaemon(true);
    return thread;
  }

  private ImportResult binding(
      String document, FilterBinding binding, Optional<FilterBinding> here) {
    String port = binding.port().name();
    Optional<String> other =
        definitions.get().reachable(binding.filter().filter()).stream()
            .filter(others::contains)
            .findFirst();
    if (other.isPresent()) {
      return result(document, port, Outcome.REFUSED, notImported(other.get()));
    } else if (here.filter(binding::equals).isPresent()) {
      return result(document, port, Outcome.SAME, "");
    } else if (here.isPresent() && request.existing() == Existing.KEEP) {
      return result(document, port, Outcome.KEPT, "a different binding of this port");
    }
    return bind(document, binding, here.isPresent() ? Outcome.REPLACED : Outcome.IMPORTED);
  }

  private ImportResult bind(String document, FilterBinding binding, Outcome done) {
    String port = binding.port().name();
    try {
      manager.bind(binding);
      return result(document, port, done, "");
    } catch (VirtException e) {
      if (done == Outcome.IMPORTED) {
        takeBack(binding.port());
      }
      return result(document, port, Outcome.REFUSED, e.getMessage());
    }
  }

  private static ImportResult result(String document, String port, Outcome what, String reason) {
    return new ImportResult(document, Kind.BINDING, port, what, reason);
  }

  /** A binding whose rules cannot be applied now would be tried again. */
  private void takeBack(PortId port) {
    try {
      manager.unbind(port);
    } catch (VirtException e) {
      LOG.debug("{}: {}", port, e.getMessage());
    }
  }

  private void add(String document, Kind kind, String name, Outcome outcome, String reason) {
    results.add(new ImportResult(document, kind, name, outcome, reason));
  }
}
