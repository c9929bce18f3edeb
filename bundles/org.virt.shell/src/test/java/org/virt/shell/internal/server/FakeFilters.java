package org.virt.shell.internal.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.FilterOutline;
import org.virt.api.nwfilter.FilterOutline.Chain;
import org.virt.api.nwfilter.FilterOutline.Node;
import org.virt.api.nwfilter.FilterOutline.Source;
import org.virt.api.nwfilter.FilterOutline.Step;
import org.virt.api.nwfilter.FilterOutline.Variable;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.FrameDecision;
import org.virt.api.nwfilter.ImportRequest;
import org.virt.api.nwfilter.ImportResult;
import org.virt.api.nwfilter.ImportResult.Kind;
import org.virt.api.nwfilter.ImportResult.Outcome;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortCounts;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.RulesRequest;
import org.virt.api.nwfilter.TechniqueStatus;

/** A filter manager with one port; a filter is named by its XML. */
final class FakeFilters implements FilterManager {
  static final PortId PORT = new PortId("vnet0");
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

  final Map<String, NetworkFilter> filters = new TreeMap<>();
  final List<FilterListener> listeners = new CopyOnWriteArrayList<>();
  String chosen = "";
  ImportRequest asked = new ImportRequest(Map.of(), ImportRequest.Existing.KEEP);
  Outcome outcome = Outcome.IMPORTED;

  @Override
  public NetworkFilter define(String xml) {
    NetworkFilter filter = new NetworkFilter(new UUID(0, xml.hashCode() & 0xffff), xml, xml);
    filters.put(xml, filter);
    return filter;
  }

  @Override
  public void undefine(String nameOrUuid) {
    filters.values().removeIf(filter -> filter.uuid().toString().equals(nameOrUuid));
  }

  @Override
  public List<NetworkFilter> filters() {
    return List.copyOf(filters.values());
  }

  @Override
  public NetworkFilter filter(String nameOrUuid) throws VirtException {
    NetworkFilter filter = filters.get(nameOrUuid);
    if (filter == null) {
      throw new VirtException(
          ErrorCode.NO_NWFILTER, "no nwfilter with matching name '" + nameOrUuid + "'");
    }
    return filter;
  }

  @Override
  public void bind(FilterBinding binding) {}

  @Override
  public FilterBinding bind(String xml) {
    return bindings().get(0);
  }

  @Override
  public void unbind(PortId port) throws VirtException {
    if (!port.equals(PORT)) {
      throw new VirtException(ErrorCode.NO_NWFILTER_BINDING, "no binding of " + port);
    }
  }

  @Override
  public List<FilterBinding> bindings() {
    return List.of(
        new FilterBinding(
            new FilterBinding.Owner("vm", new UUID(0, "vm".hashCode() & 0xffff)),
            PORT,
            Optional.empty(),
            MAC,
            new FilterReference("clean-traffic", Map.of())));
  }

  @Override
  public String bindingXml(PortId port) {
    return "<filterbinding/>\n";
  }

  @Override
  public List<PortStatus> status() {
    return List.of(
        new PortStatus(
            PORT, PortStatus.Enforcement.IN_FORCE, "nftables", 12, PortStatus.Learning.BOUND, ""),
        new PortStatus(
            new PortId("vnet1"),
            PortStatus.Enforcement.CLOSED,
            "",
            0,
            PortStatus.Learning.LEARNING,
            "no address yet"));
  }

  @Override
  public List<PortAddress> addresses() {
    try {
      InetAddress address = InetAddress.getByName("192.0.2.7");
      return List.of(
          new PortAddress(PORT, MAC, address, PortAddress.Source.CONFIG, Optional.empty()),
          new PortAddress(
              new PortId("vnet1"),
              MAC,
              address,
              PortAddress.Source.DHCP,
              Optional.of(Instant.EPOCH)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void approve(PortId port, InetAddress address) {
    chosen = port + " " + address.getHostAddress();
  }

  @Override
  public LearningReport explain(PortId port) {
    return new LearningReport(
        Map.of("seen", 2L),
        Set.of(),
        List.of(new LearningReport.Packet(Instant.EPOCH, "ARP request from 192.0.2.7", "learned")));
  }

  @Override
  public String rules(RulesRequest request) {
    return request + "\n";
  }

  @Override
  public List<TechniqueStatus> techniques() {
    return List.of(
        new TechniqueStatus(
            "nftables", TechniqueStatus.Use.ACTIVE, List.of("kernel 6.12", "no bridge conntrack")),
        new TechniqueStatus("ebtables", TechniqueStatus.Use.UNUSABLE, List.of()));
  }

  @Override
  public void selectTechnique(String name) {
    chosen = name;
  }

  @Override
  public FilterOutline outline(String nameOrUuid) {
    Step jump = new Step(-800, Optional.of("mac"), "", "mac");
    Step rule = new Step(500, Optional.empty(), "filter b, rule 1", "drop out <mac/>");
    Node last = new Node("c", "root", 0, 0, Map.of(), List.of());
    Node inner = new Node("b", "mac", -800, 1, Map.of("A", List.of("1", "2")), List.of(last));
    return new FilterOutline(
        new Node(nameOrUuid, "root", 0, 2, Map.of(), List.of(inner, last)),
        List.of(
            new Chain("root", 0, List.of(jump)),
            new Chain("mac", -800, List.of(rule)),
            new Chain("", 0, List.of(rule))),
        List.of(
            new Variable("A", Source.REFERENCE, List.of("1", "2"), List.of("filter b, rule 1")),
            new Variable("IP", Source.BINDING_OR_LEARNED, List.of(), List.of("x", "y"))));
  }

  @Override
  public List<ImportResult> takeOver(ImportRequest request) {
    asked = request;
    return request.documents().entrySet().stream()
        .map(
            e ->
                new ImportResult(
                    e.getKey(),
                    Kind.FILTER,
                    e.getValue(),
                    outcome,
                    outcome == Outcome.REFUSED ? "why" : ""))
        .toList();
  }

  /** Tells listeners of an event about the first address. */
  void happens(AddressEvent.Kind kind, String detail) {
    AddressEvent event =
        new AddressEvent(kind, addresses().get(0), bindings().get(0).owner(), detail);
    listeners.forEach(listener -> listener.addressEvent(event));
  }

  @Override
  public PortCounts counts(PortId port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void countApart(PortId port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Subscription trace(PortId port, Consumer<FrameDecision> decisions) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Subscription subscribe(FilterListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
