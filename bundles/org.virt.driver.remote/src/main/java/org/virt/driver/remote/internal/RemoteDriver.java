package org.virt.driver.remote.internal;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.LoginFinder;
import org.virt.api.auth.LoginFinder.Place;
import org.virt.driver.remote.internal.link.Limits;
import org.virt.driver.remote.internal.link.LinkRuntime;
import org.virt.driver.remote.internal.link.OtherEnd;
import org.virt.driver.remote.internal.transport.Target;
import org.virt.driver.remote.internal.transport.Transports;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** Opens any hypervisor that libvirt or another org.virt manages, here or elsewhere. */
@Component(
    configurationPid = RemoteDriver.PID,
    property = {
      HypervisorDriver.SCHEME + "=*+unix",
      HypervisorDriver.SCHEME + "=*+tcp",
      HypervisorDriver.SCHEME + "=*+tls",
      HypervisorDriver.SCHEME + "=*+ssh"
    })
public final class RemoteDriver implements HypervisorDriver {
  static final String PID = "org.virt.driver.remote";

  /** libvirt's name of the service, in its file of credentials. */
  private static final String SERVICE = "libvirt";

  private final LinkRuntime runtime;
  private volatile Map<String, Object> configuration;

  /**
   * Makes one with the usual limits of time.
   *
   * @param configuration {@code user.HOST}, {@code password.USER@HOST}, {@code password.HOST}
   */
  @Activate
  public RemoteDriver(Map<String, Object> configuration) {
    this(Limits.USUAL, configuration);
  }

  RemoteDriver(Limits limits, Map<String, Object> configuration) {
    runtime = LinkRuntime.of(limits);
    this.configuration = configuration;
  }

  @Modified
  void modified(Map<String, Object> changed) {
    configuration = changed;
  }

  @Deactivate
  void deactivate() {
    runtime.close();
  }

  @Override
  public DriverConnection open(URI uri) throws VirtException {
    return open(uri, Authenticator.none());
  }

  @Override
  public DriverConnection open(URI uri, Authenticator user) throws VirtException {
    Target target = Target.parse(uri);
    LoginFinder finder = new LoginFinder(PID, configuration, System.getenv(), user);
    return RemoteConnection.open(
        new OtherEnd(
            uri.toString(),
            target.name(),
            limit -> Transports.open(target, limit),
            () -> finder.find(place(target))),
        runtime);
  }

  private static Place place(Target target) {
    return new Place(
        SERVICE,
        target.host().isEmpty() ? "localhost" : target.host(),
        target.uri().toString(),
        target.way() == Target.Way.SSH ? Optional.empty() : target.user(),
        Optional.empty(),
        target.option("authfile"));
  }
}
