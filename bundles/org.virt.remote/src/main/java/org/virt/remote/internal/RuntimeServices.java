package org.virt.remote.internal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.virt.api.Connector;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.access.AccessPolicy;
import org.virt.api.nwfilter.FilterManager;
import org.virt.remote.internal.session.Services;
import org.virt.spi.format.ConfigFormat;

/** The services of this framework; each may come and go while clients are connected. */
@Component(service = Services.class)
public final class RuntimeServices implements Services {
  private final List<AccessPolicy> policies = new CopyOnWriteArrayList<>();
  private final Map<String, ConfigFormat> formats = new ConcurrentHashMap<>();

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile Connector connector;

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile FilterManager filters;

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindPolicy(AccessPolicy policy) {
    policies.add(policy);
  }

  void unbindPolicy(AccessPolicy policy) {
    policies.remove(policy);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindFormat(ConfigFormat format, Map<String, Object> properties) {
    formats.put(String.valueOf(properties.get(ConfigFormat.NAME)), format);
  }

  void unbindFormat(ConfigFormat format, Map<String, Object> properties) {
    formats.remove(String.valueOf(properties.get(ConfigFormat.NAME)), format);
  }

  @Override
  public Connector connector() throws VirtException {
    Connector service = connector;
    if (service == null) {
      throw new VirtException(ErrorCode.NO_CONNECT, "any URI: org.virt.core is not running");
    }
    return service;
  }

  @Override
  public FilterManager filters() throws VirtException {
    FilterManager service = filters;
    if (service == null) {
      throw new VirtException(
          ErrorCode.NO_SUPPORT, "network filters: org.virt.nwfilter is not running");
    }
    return service;
  }

  @Override
  public List<AccessPolicy> policies() {
    return List.copyOf(policies);
  }

  @Override
  public Map<String, ConfigFormat> formats() {
    return Map.copyOf(formats);
  }
}
