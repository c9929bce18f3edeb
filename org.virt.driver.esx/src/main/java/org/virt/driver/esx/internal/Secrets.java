package org.virt.driver.esx.internal;

import java.util.Map;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Login;
import org.virt.api.auth.LoginFinder;

/** Finds user and password of a host, with VMware's usual users. */
final class Secrets {
  /** libvirt's name of the service, for all schemes. */
  private static final String SERVICE = "esx";

  private static final Map<String, String> USUAL_USERS = Map.of("vpx", "administrator");

  private final LoginFinder finder;

  /**
   * Takes where to look.
   *
   * @param configuration of the driver
   * @param environment of the process, which may name the file of credentials
   * @param person asked last
   */
  Secrets(
      Map<String, Object> configuration, Map<String, String> environment, Authenticator person) {
    finder = new LoginFinder(EsxDriver.PID, configuration, environment, person);
  }

  Login find(EsxUri uri) throws VirtException {
    return finder.find(
        new LoginFinder.Place(
            SERVICE,
            bare(uri.host()),
            uri.base().toString(),
            uri.user(),
            Optional.of(USUAL_USERS.getOrDefault(uri.scheme(), "root")),
            uri.authFile()));
  }

  /** Returns the host as people and libvirt's file call it: an IPv6 address without brackets. */
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
