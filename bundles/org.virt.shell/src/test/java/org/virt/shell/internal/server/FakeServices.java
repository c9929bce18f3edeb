package org.virt.shell.internal.server;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.virt.api.Connect;
import org.virt.api.ErrorCode;
import org.virt.api.HostCheck;
import org.virt.api.VirtException;
import org.virt.api.access.ClientManager;
import org.virt.api.nwfilter.FilterManager;
import org.virt.shell.internal.command.Services;
import org.virt.spi.format.ConfigFormat;

/** A runtime in memory. */
final class FakeServices implements Services {
  /** Another host. */
  static final String FAR = "qemu+tls://far/system";

  final FakeConnect connect = new FakeConnect();
  final FakeFilters filters = new FakeFilters();

  @Override
  public Connect connect(String uri) throws VirtException {
    if (!uri.equals("test:///default") && !uri.equals(FAR)) {
      throw new VirtException(ErrorCode.NO_CONNECT, "open " + uri + ": no driver");
    }
    return connect;
  }

  @Override
  public FilterManager filters() {
    return filters;
  }

  @Override
  public ClientManager clients() throws VirtException {
    throw new VirtException(ErrorCode.NO_SUPPORT, "the bundle org.virt.remote is not running");
  }

  @Override
  public Map<String, ConfigFormat> formats() {
    return Map.of(
        "upper",
        new ConfigFormat() {
          @Override
          public String toNative(String domainXml) {
            return domainXml.toUpperCase(Locale.ROOT);
          }

          @Override
          public String fromNative(String configuration) throws VirtException {
            throw new VirtException(ErrorCode.NO_SUPPORT, "one way only");
          }
        });
  }

  @Override
  public Map<Bundle, List<HostCheck.Finding>> findings() {
    return Map.of();
  }

  @Override
  public List<Bundle> bundles() {
    return List.of();
  }
}
