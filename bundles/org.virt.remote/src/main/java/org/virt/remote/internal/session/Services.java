package org.virt.remote.internal.session;

import java.util.List;
import java.util.Map;
import org.virt.api.Connector;
import org.virt.api.VirtException;
import org.virt.api.access.AccessPolicy;
import org.virt.api.nwfilter.FilterManager;
import org.virt.spi.format.ConfigFormat;

/** The services that calls are carried out by, as they are at the moment. */
public interface Services {
  /** Returns what opens connections; {@code NO_CONNECT} without it. */
  Connector connector() throws VirtException;

  /** Returns the filter manager; {@code NO_SUPPORT} without it. */
  FilterManager filters() throws VirtException;

  /** Returns who decides what clients may do. */
  List<AccessPolicy> policies();

  /** Returns formats of native configurations by name. */
  Map<String, ConfigFormat> formats();
}
