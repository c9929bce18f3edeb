package org.virt.core.internal;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Connect;
import org.virt.api.Connector;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.core.internal.Drivers.Driver;
import org.virt.spi.driver.HostFacets;
import org.virt.spi.driver.HypervisorDriver;

/**
 * Opens connections through whatever drivers are installed, and ends those of a driver that leaves.
 */
@Component
public final class DriverConnector implements Connector {
  private static final Logger LOG = LoggerFactory.getLogger(DriverConnector.class);
  private static final long IDLE_SECONDS = 1;

  private final Drivers drivers = new Drivers();
  private final Hosts hosts = new Hosts();
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

  /**
   * Closes what a departed driver left open: its code may take its time, and must not hold up
   * others.
   */
  private final Executor closer;

  @Activate
  public DriverConnector() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "virt-core-close");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    closer = pool;
  }

  @Deactivate
  void deactivate() {
    sessions.forEach(this::leave);
  }

  @Reference(
      service = HypervisorDriver.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      updated = "bindDriver")
  void bindDriver(ServiceReference<HypervisorDriver> reference, HypervisorDriver driver) {
    drivers.add(reference, driver);
    LOG.info("driver for {} is here", reference.getProperty(HypervisorDriver.SCHEME));
  }

  void unbindDriver(ServiceReference<HypervisorDriver> reference) {
    drivers.remove(reference);
    sessions.stream().filter(s -> s.driver().reference().equals(reference)).forEach(this::leave);
    LOG.info("driver for {} has left", reference.getProperty(HypervisorDriver.SCHEME));
  }

  @Reference(
      service = HostFacets.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      updated = "bindHost")
  void bindHost(ServiceReference<HostFacets> reference, HostFacets host) {
    hosts.add(reference, host);
  }

  void unbindHost(ServiceReference<HostFacets> reference) {
    hosts.remove(reference);
  }

  @Override
  public List<String> schemes() {
    return drivers.schemes();
  }

  @Override
  public Connect open(URI uri, Authenticator user) throws VirtException {
    if (uri.getScheme() == null) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "open '" + uri + "': the URI has no scheme, as qemu:///system has");
    }
    Driver driver = drivers.find(uri.getScheme()).orElseThrow(() -> noDriver(uri));
    Session session = Session.open(driver, uri, user, sessions::remove);
    sessions.add(session);
    if (!drivers.contains(driver)) {
      leave(session);
      throw new VirtException(
          ErrorCode.NO_CONNECT, "open " + uri + ": the driver " + driver.name() + " has just left");
    }
    return new SessionConnect(uri, session, hosts);
  }

  private VirtException noDriver(URI uri) {
    List<String> installed = schemes();
    return new VirtException(
        ErrorCode.NO_CONNECT,
        "open %s: no driver for '%s' is installed; installed: %s"
            .formatted(
                uri, uri.getScheme(), installed.isEmpty() ? "none" : String.join(", ", installed)));
  }

  private void leave(Session session) {
    session.driverLeft();
    closer.execute(session::release);
  }
}
