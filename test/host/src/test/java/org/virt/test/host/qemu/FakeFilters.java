package org.virt.test.host.qemu;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.FilterOutline;
import org.virt.api.nwfilter.FrameDecision;
import org.virt.api.nwfilter.ImportRequest;
import org.virt.api.nwfilter.ImportResult;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortCounts;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.RulesRequest;
import org.virt.api.nwfilter.TechniqueStatus;
import org.virt.common.net.Link;
import org.virt.common.net.Links;

/** Knows bindings and how each port was when it was bound, and filters nothing. */
final class FakeFilters implements FilterManager {
  private final Links links;
  private final Map<PortId, FilterBinding> bindings = new ConcurrentHashMap<>();
  private final List<Link> bound = new ArrayList<>();
  private final List<PortId> restored = new ArrayList<>();
  private boolean failing;

  FakeFilters(Links links) {
    this.links = links;
  }

  /** Returns the ports whose guests went on where they were saved. */
  List<PortId> restored() {
    return restored;
  }

  @Override
  public void bindRestored(FilterBinding binding) throws VirtException {
    bind(binding);
    restored.add(binding.port());
  }

  /** Lets every later bind fail. */
  void fail() {
    failing = true;
  }

  /** Returns the interfaces as they were when they were bound. */
  List<Link> bound() {
    return bound;
  }

  @Override
  public void bind(FilterBinding binding) throws VirtException {
    if (failing) {
      throw new VirtException(ErrorCode.BUILD_FIREWALL, "no rules today");
    }
    bound.add(links.find(binding.port()).orElseThrow());
    bindings.put(binding.port(), binding);
  }

  @Override
  public void unbind(PortId port) throws VirtException {
    if (bindings.remove(port) == null) {
      throw new VirtException(ErrorCode.NO_NWFILTER_BINDING, "no binding of " + port);
    }
  }

  @Override
  public FilterOutline outline(String nameOrUuid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ImportResult> takeOver(ImportRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<FilterBinding> bindings() {
    return List.copyOf(bindings.values());
  }

  @Override
  public NetworkFilter define(String xml) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void undefine(String nameOrUuid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<NetworkFilter> filters() {
    return List.of();
  }

  @Override
  public NetworkFilter filter(String nameOrUuid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FilterBinding bind(String xml) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String bindingXml(PortId port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<PortStatus> status() {
    return List.of();
  }

  @Override
  public List<PortAddress> addresses() {
    return List.of();
  }

  @Override
  public void approve(PortId port, InetAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public LearningReport explain(PortId port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String rules(RulesRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<TechniqueStatus> techniques() {
    return List.of();
  }

  @Override
  public void selectTechnique(String name) {
    throw new UnsupportedOperationException();
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
    return () -> {};
  }
}
