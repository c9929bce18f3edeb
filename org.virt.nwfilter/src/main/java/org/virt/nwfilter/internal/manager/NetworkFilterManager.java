package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.StateDirectory;
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
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortCounts;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.RulesRequest;
import org.virt.api.nwfilter.TechniqueStatus;
import org.virt.common.net.Links;
import org.virt.common.net.NetlinkLinks;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.KeptLeases.Guest;
import org.virt.nwfilter.internal.xml.BindingXml;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.nwfilter.FilterTechnique;

/** The filter manager as a service: hands requests to the {@link Engine} and waits for it. */
@Component(configurationPid = ManagerConfiguration.PID)
@Designate(ocd = ManagerConfiguration.class)
public final class NetworkFilterManager implements FilterManager {
  private final Engine engine;
  private final Calls calls;
  private final Redefinition redefinition;
  private final Preview preview;
  private final Insight insight;

  /** Reads nothing yet. */
  @Activate
  public NetworkFilterManager(@Reference StateDirectory state) throws VirtException {
    this(state, NetlinkLinks::open, Clock.systemUTC());
  }

  NetworkFilterManager(StateDirectory state, Callable<Links> links, Clock clock)
      throws VirtException {
    engine = new Engine(state, links, clock);
    calls = new Calls(engine);
    redefinition = new Redefinition(engine);
    preview = new Preview(engine);
    insight = new Insight(engine);
  }

  @Activate
  void activate(ManagerConfiguration configuration) {
    modified(configuration);
    start();
  }

  /** Takes another configuration; ports and rules stay as they are. */
  @Modified
  void modified(ManagerConfiguration configuration) {
    Duration offLink = Duration.ofSeconds(Math.max(0, configuration.offlink_s()));
    engine.loop.execute(() -> engine.keepOffLink(offLink));
  }

  /** Starts the work; what was bound before is compared with the kernel in the background. */
  void start() {
    engine.start();
  }

  /** Ends the work and leaves rules and links as they are. */
  @Deactivate
  void stop() {
    engine.close();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addTechnique(FilterTechnique technique, Map<String, Object> properties) {
    Object name = properties.get(FilterTechnique.NAME);
    Object ranking = properties.get(Constants.SERVICE_RANKING);
    String known = name instanceof String text ? text : technique.getClass().getName();
    int rank = ranking instanceof Integer number ? number : 0;
    engine.loop.execute(() -> engine.addTechnique(known, rank, technique));
  }

  void removeTechnique(FilterTechnique technique) {
    engine.loop.execute(() -> engine.removeTechnique(technique));
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void setLearner(AddressLearner learner) {
    engine.loop.execute(() -> engine.addLearner(learner));
  }

  void unsetLearner(AddressLearner learner) {
    engine.loop.execute(() -> engine.removeLearner(learner));
  }

  @Override
  public NetworkFilter define(String xml) throws VirtException {
    FilterDefinition definition = FilterXml.parse(xml);
    return calls.onLoop(
        "define filter " + definition.name(),
        done -> done.complete(redefinition.define(definition)));
  }

  @Override
  public void undefine(String nameOrUuid) throws VirtException {
    calls.onLoop(
        "undefine filter " + nameOrUuid,
        done -> {
          redefinition.undefine(nameOrUuid);
          done.complete(null);
        });
  }

  @Override
  public List<NetworkFilter> filters() {
    return definitions().all().stream()
        .map(Redefinition::view)
        .sorted(Comparator.comparing(NetworkFilter::name))
        .toList();
  }

  @Override
  public NetworkFilter filter(String nameOrUuid) throws VirtException {
    return Redefinition.view(Redefinition.find(definitions(), nameOrUuid));
  }

  @Override
  public FilterOutline outline(String nameOrUuid) throws VirtException {
    Definitions known = definitions();
    return Outline.of(known, Redefinition.find(known, nameOrUuid));
  }

  @Override
  public List<ImportResult> takeOver(ImportRequest request) {
    return new Import(this, this::definitions, request).run();
  }

  private Definitions definitions() {
    calls.awaitLoaded();
    return engine.definitions;
  }

  @Override
  public void bind(FilterBinding binding) throws VirtException {
    calls.<Void>onLoop(
        "bind filter " + binding.filter().filter() + " to " + binding.port(),
        done -> engine.bind(binding, Guest.BOOTS, done));
  }

  @Override
  public void bindRestored(FilterBinding binding) throws VirtException {
    calls.<Void>onLoop(
        "bind filter " + binding.filter().filter() + " to " + binding.port(),
        done -> engine.bind(binding, Guest.GOES_ON, done));
  }

  @Override
  public FilterBinding bind(String xml) throws VirtException {
    FilterBinding binding = BindingXml.parse(xml);
    bind(binding);
    return binding;
  }

  @Override
  public void unbind(PortId port) throws VirtException {
    calls.<Void>onLoop("unbind " + port, done -> engine.unbind(port, done));
  }

  @Override
  public List<FilterBinding> bindings() {
    calls.awaitLoaded();
    return engine.ports.views().stream().map(Ports.View::binding).toList();
  }

  @Override
  public String bindingXml(PortId port) throws VirtException {
    calls.awaitLoaded();
    Optional<Ports.View> view = engine.ports.view(port);
    return BindingXml.print(
        view.orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.NO_NWFILTER_BINDING, "no filter is bound to " + port))
            .binding());
  }

  @Override
  public List<PortStatus> status() {
    calls.awaitLoaded();
    return engine.ports.views().stream().map(Ports.View::status).toList();
  }

  @Override
  public List<PortAddress> addresses() {
    calls.awaitLoaded();
    List<PortAddress> all = new ArrayList<>();
    for (Ports.View view : engine.ports.views()) {
      FilterBinding binding = view.binding();
      for (InetAddress given : BindingControls.given(binding)) {
        all.add(
            new PortAddress(binding.port(), binding.mac(), given, Source.CONFIG, Optional.empty()));
      }
      all.addAll(view.learned());
    }
    return List.copyOf(all);
  }

  @Override
  public void approve(PortId port, InetAddress address) throws VirtException {
    calls.onLoop(
        "approve " + address.getHostAddress() + " on " + port,
        done -> {
          engine.approve(port, address);
          done.complete(null);
        });
  }

  @Override
  public LearningReport explain(PortId port) throws VirtException {
    return calls.onLoop("explain " + port, done -> done.complete(engine.explain(port)));
  }

  @Override
  public String rules(RulesRequest request) throws VirtException {
    return calls.onLoop(
        "translate filter " + request.filter().lines().findFirst().orElse(""),
        done -> done.complete(preview.text(request)));
  }

  @Override
  public List<TechniqueStatus> techniques() {
    return engine.techniques.statuses();
  }

  @Override
  public void selectTechnique(String name) throws VirtException {
    calls.<Void>onLoop("choose technique " + name, done -> engine.selectTechnique(name, done));
  }

  @Override
  public PortCounts counts(PortId port) throws VirtException {
    return calls.onLoop("count packets of " + port, done -> done.complete(insight.counts(port)));
  }

  @Override
  public void countApart(PortId port) throws VirtException {
    calls.<Void>onLoop("count packets of " + port, done -> insight.countApart(port, done));
  }

  @Override
  public Subscription trace(PortId port, Consumer<FrameDecision> decisions) throws VirtException {
    return calls.onLoop("trace " + port, done -> done.complete(insight.trace(port, decisions)));
  }

  @Override
  public Subscription subscribe(FilterListener listener) {
    return engine.events.subscribe(listener);
  }
}
