package org.virt.shell.internal.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.virt.api.Connect;
import org.virt.api.Connector;
import org.virt.api.ErrorCode;
import org.virt.api.HostCheck;
import org.virt.api.VirtException;
import org.virt.api.access.ClientManager;
import org.virt.api.auth.Authenticator;
import org.virt.api.nwfilter.FilterManager;
import org.virt.shell.internal.command.Services;
import org.virt.spi.format.ConfigFormat;

/** The services of this framework. All are optional: a command that needs an absent one says so. */
@Component(service = Services.class)
public final class RuntimeServices implements Services {
  private final BundleContext context;
  private final Map<String, Connect> connects = new ConcurrentHashMap<>();
  private final Map<String, ConfigFormat> formats = new ConcurrentHashMap<>();
  private volatile Connector connector;

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile FilterManager filters;

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile ClientManager clients;

  @Activate
  public RuntimeServices(BundleContext context) {
    this.context = context;
  }

  @Deactivate
  void deactivate() {
    closeAll();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void bindConnector(Connector service) {
    connector = service;
  }

  void unbindConnector(Connector service) {
    if (connector == service) {
      connector = null;
    }
    closeAll();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindFormat(ConfigFormat service, Map<String, Object> properties) {
    formats.put(String.valueOf(properties.get(ConfigFormat.NAME)), service);
  }

  void unbindFormat(ConfigFormat service, Map<String, Object> properties) {
    formats.remove(String.valueOf(properties.get(ConfigFormat.NAME)), service);
  }

  private void closeAll() {
    connects.values().forEach(Connect::close);
    connects.clear();
  }

  @Override
  public Connect connect(String uri, Authenticator user) throws VirtException {
    Connect known = connects.get(uri);
    if (known != null && known.isAlive()) {
      return known;
    }
    Connector service = connector;
    if (service == null) {
      throw new VirtException(
          ErrorCode.NO_CONNECT, "connect to " + uri + ": the bundle org.virt.core is not running");
    }
    if (known != null && connects.remove(uri, known)) {
      known.close();
    }
    Connect opened = service.open(parse(uri), user);
    Connect earlier = connects.putIfAbsent(uri, opened);
    if (earlier == null) {
      return opened;
    }
    opened.close();
    return earlier;
  }

  private static URI parse(String uri) throws VirtException {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "connect to '" + uri + "': not a URI: " + e.getReason(), e);
    }
  }

  @Override
  public FilterManager filters() throws VirtException {
    FilterManager service = filters;
    if (service == null) {
      throw new VirtException(ErrorCode.NO_SUPPORT, "the bundle org.virt.nwfilter is not running");
    }
    return service;
  }

  @Override
  public ClientManager clients() throws VirtException {
    ClientManager service = clients;
    if (service == null) {
      throw new VirtException(ErrorCode.NO_SUPPORT, "the bundle org.virt.remote is not running");
    }
    return service;
  }

  @Override
  public Map<String, ConfigFormat> formats() {
    return new TreeMap<>(formats);
  }

  @Override
  public Map<Bundle, List<HostCheck.Finding>> findings() {
    Map<Bundle, List<HostCheck.Finding>> findings = new HashMap<>();
    try {
      for (ServiceReference<HostCheck> reference :
          context.getServiceReferences(HostCheck.class, null)) {
        HostCheck check = context.getService(reference);
        if (check != null) {
          findings.merge(reference.getBundle(), check.check(), RuntimeServices::joined);
          context.ungetService(reference);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    return findings;
  }

  private static List<HostCheck.Finding> joined(
      List<HostCheck.Finding> a, List<HostCheck.Finding> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  @Override
  public List<Bundle> bundles() {
    return Arrays.stream(context.getBundles())
        .sorted(Comparator.comparingLong(Bundle::getBundleId))
        .toList();
  }
}
