package org.virt.shell.internal.command;

import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.virt.api.Connect;
import org.virt.api.HostCheck;
import org.virt.api.VirtException;
import org.virt.api.access.ClientManager;
import org.virt.api.auth.Authenticator;
import org.virt.api.nwfilter.FilterManager;
import org.virt.spi.format.ConfigFormat;

/** What commands use of the runtime. Each call asks anew, for bundles come and go. */
public interface Services {
  /**
   * Returns a connection that is shared by all who name the same URI; nobody closes it.
   *
   * @param user asked for what is needed to log in, when it has to be opened
   */
  Connect connect(String uri, Authenticator user) throws VirtException;

  /** Returns the filter manager, or throws {@code NO_SUPPORT} when its bundle is not there. */
  FilterManager filters() throws VirtException;

  /** Returns who knows the wire protocol's clients, or throws {@code NO_SUPPORT} without it. */
  ClientManager clients() throws VirtException;

  /** Returns the formats of native configurations by name. */
  Map<String, ConfigFormat> formats();

  /** Returns what each bundle finds of what it needs, by bundle. */
  Map<Bundle, List<HostCheck.Finding>> findings();

  /** Returns all bundles, sorted by number. */
  List<Bundle> bundles();
}
