package org.virt.host.internal;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.virt.api.DomainListener;
import org.virt.api.DomainListeners;
import org.virt.api.StateDirectory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.host.HostInterfaces;
import org.virt.api.host.NodeDevices;
import org.virt.api.host.Secret;
import org.virt.api.host.Secrets;
import org.virt.spi.driver.HostFacets;
import org.virt.spi.driver.HypervisorDriver;
import org.virt.spi.driver.SecretValues;

/** Gives the connections of drivers that run machines on this host what it has. */
@Component(property = HypervisorDriver.SCHEME + "=qemu")
public final class ThisHost implements HostFacets, SecretValues {
  private final DomainListeners events = new DomainListeners("host");
  private final KeptSecrets secrets;
  private final Map<Class<?>, Object> facets;

  /** Keeps secrets in the state directory. */
  @Activate
  public ThisHost(@Reference StateDirectory state) {
    Path sys = Path.of("/sys");
    secrets = new KeptSecrets(state, events);
    facets =
        Map.of(
            HostInterfaces.class,
            new KernelInterfaces(sys),
            NodeDevices.class,
            new SysfsDevices(sys),
            Secrets.class,
            secrets);
  }

  /** Tells no more. */
  @Deactivate
  public void close() {
    events.close();
  }

  @Override
  public Subscription subscribe(DomainListener listener) {
    return events.subscribe(listener);
  }

  @Override
  public <F> Optional<F> facet(Class<F> type) {
    return Optional.ofNullable(facets.get(type)).map(type::cast);
  }

  @Override
  public byte[] value(UUID uuid) throws VirtException {
    return secrets.value(uuid);
  }

  @Override
  public byte[] value(Secret.Usage usage, String usageId) throws VirtException {
    return secrets.value(usage, usageId);
  }
}
