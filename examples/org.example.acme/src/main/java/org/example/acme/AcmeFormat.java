package org.example.acme;

import org.osgi.service.component.annotations.Component;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.spi.format.ConfigFormat;

/** Writes the configuration files that Acme has. */
@Component(property = ConfigFormat.NAME + "=acme-conf")
public final class AcmeFormat implements ConfigFormat {
  @Override
  public String toNative(String domainXml) throws VirtException {
    DomainConfig config = DomainXml.parse(domainXml);
    if (!config.devices.interfaces.isEmpty()) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "write acme-conf: /domain/devices/interface: not supported");
    }
    return "name = " + config.name + "\nmemory = " + config.memory.kib() + "\n";
  }

  @Override
  public String fromNative(String configuration) throws VirtException {
    throw new VirtException(ErrorCode.NO_SUPPORT, "read acme-conf: not supported");
  }
}
