package org.virt.driver.esx.internal;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Login;
import org.virt.driver.esx.internal.EsxUri.Verify;
import org.virt.driver.esx.internal.soap.Transport;
import org.virt.driver.esx.internal.soap.Trust;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** Connects to VMware ESX ({@code esx}), vCenter ({@code vpx}) and GSX ({@code gsx}). */
@Component(
    configurationPid = EsxDriver.PID,
    property = {
      HypervisorDriver.SCHEME + "=esx",
      HypervisorDriver.SCHEME + "=vpx",
      HypervisorDriver.SCHEME + "=gsx"
    })
public final class EsxDriver implements HypervisorDriver {
  static final String PID = "org.virt.driver.esx";

  private static final Logger LOG = LoggerFactory.getLogger(EsxDriver.class);

  private static final String TIMEOUT = "timeout";
  private static final int DEFAULT_TIMEOUT = 30;

  /** Well below the half hour after which hosts end idle sessions. */
  private static final long KEEP_ALIVE_MINUTES = 5;

  private final Set<EsxConnection> connections = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService keeper =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "virt-driver-esx-keepalive");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Map<String, Object> configuration;

  /**
   * Begins with a configuration.
   *
   * @param configuration {@code user.HOST}, {@code password.USER@HOST}, {@code password.HOST};
   *     {@code timeout}: seconds that a request may take
   */
  @Activate
  public EsxDriver(Map<String, Object> configuration) {
    this.configuration = configuration;
    keeper.scheduleWithFixedDelay(
        () -> connections.forEach(EsxConnection::keepAlive),
        KEEP_ALIVE_MINUTES,
        KEEP_ALIVE_MINUTES,
        TimeUnit.MINUTES);
  }

  @Modified
  void modified(Map<String, Object> changed) {
    configuration = changed;
  }

  @Deactivate
  void deactivate() {
    keeper.shutdownNow();
    connections.forEach(EsxConnection::close);
  }

  @Override
  public DriverConnection open(URI given) throws VirtException {
    return open(given, Authenticator.none());
  }

  @Override
  public DriverConnection open(URI given, Authenticator user) throws VirtException {
    EsxUri uri = EsxUri.parse(given);
    Vim vim = logIn(uri, user);
    try {
      checkProduct(vim, uri);
      Inventory place = Inventory.find(vim, uri);
      Optional<Vim> mover =
          uri.scheme().equals("vpx") ? Optional.of(vim) : vcenter(vim, uri, user, place);
      EsxConnection connection = new EsxConnection(vim, uri, place, mover, connections::remove);
      connections.add(connection);
      return connection;
    } catch (VirtException | RuntimeException e) {
      vim.close();
      throw e;
    }
  }

  private Vim logIn(EsxUri uri, Authenticator user) throws VirtException {
    Map<String, Object> now = configuration;
    Duration limit = limit(now.getOrDefault(TIMEOUT, DEFAULT_TIMEOUT).toString());
    if (uri.verify() == Verify.NO) {
      LOG.warn("{}: the certificate is not checked (no_verify=1)", uri.base());
    }
    SSLContext trust = trust(uri);
    Login credentials = new Secrets(now, System.getenv(), user).find(uri);
    try {
      Transport transport = new Transport(uri.base(), trust, uri.proxy());
      return Vim.open(transport, credentials, uri.host(), limit);
    } catch (IOException e) {
      credentials.close();
      throw new VirtException(
          ErrorCode.OPEN_FAILED, "connect to %s: %s".formatted(uri.base(), e.getMessage()), e);
    }
  }

  /** Refuses a host of another product than the URI says. */
  private static void checkProduct(Vim vim, EsxUri uri) throws VirtException {
    String api = vim.content().text("about.apiType");
    String expected = uri.scheme().equals("vpx") ? "VirtualCenter" : "HostAgent";
    if (!api.equals(expected)) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED,
          "connect to %s: it is '%s' (%s), which %s:// is not for"
              .formatted(uri.base(), vim.content().text("about.fullName"), api, uri.scheme()));
    }
  }

  /** Logs in to the vCenter that a host belongs to, where the URI asks for that. */
  private Optional<Vim> vcenter(Vim vim, EsxUri uri, Authenticator user, Inventory place)
      throws VirtException {
    if (uri.vcenter().isEmpty()) {
      return Optional.empty();
    }
    String name = Vcenter.of(vim, place, uri.vcenter().get());
    EsxUri there = uri.atVcenter(name);
    Vim vcenter = logIn(there, user);
    try {
      checkProduct(vcenter, there);
      return Optional.of(vcenter);
    } catch (VirtException e) {
      vcenter.close();
      throw e;
    }
  }

  private static Duration limit(String seconds) throws VirtException {
    if (!seconds.matches("[1-9][0-9]{0,3}")) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "configuration of org.virt.driver.esx: timeout '" + seconds + "' is not 1 to 9999");
    }
    return Duration.ofSeconds(Long.parseLong(seconds));
  }

  private static SSLContext trust(EsxUri uri) throws VirtException {
    try {
      if (uri.verify() == Verify.NO) {
        return Trust.ofAnybody();
      }
      return uri.caCert().isPresent() ? Trust.ofFile(uri.caCert().get()) : Trust.ofRuntime();
    } catch (GeneralSecurityException | IOException e) {
      throw new VirtException(
          ErrorCode.OPEN_FAILED,
          "connect to %s: cannot use %s: %s"
              .formatted(
                  uri.base(), uri.caCert().map(Object::toString).orElse("TLS"), e.getMessage()),
          e);
    }
  }
}
