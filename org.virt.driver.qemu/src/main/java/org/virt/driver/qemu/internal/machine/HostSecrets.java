package org.virt.driver.qemu.internal.machine;

import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.virt.api.VirtException;
import org.virt.api.host.Secret.Usage;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.spi.driver.HostFacets;
import org.virt.spi.driver.SecretValues;

/** The values of secrets that machines refer to, while this host has a service that keeps them. */
public final class HostSecrets {
  private final AtomicReference<HostFacets> host = new AtomicReference<>();

  /** Sets the host that is there from now on. */
  public void of(HostFacets facets) {
    host.set(facets);
  }

  /** Takes the host away, unless another one has come already. */
  public void without(HostFacets facets) {
    host.compareAndSet(facets, null);
  }

  /**
   * Returns what QEMU is to read.
   *
   * @param holder the element {@code secret}, or the one that it is in
   */
  byte[] value(Node holder) throws VirtException {
    Node secret = holder.name().equals("secret") ? holder : holder.child("secret");
    SecretValues values =
        Optional.ofNullable(host.get())
            .flatMap(facets -> facets.facet(SecretValues.class))
            .orElseThrow(() -> Refusal.of(secret.path(), "no service keeps secrets"));
    byte[] value;
    try {
      value =
          secret.has("@uuid")
              ? values.value(UUID.fromString(secret.get("@uuid")))
              : values.value(usage(secret), secret.get("@usage"));
    } catch (VirtException e) {
      throw new VirtException(e.code(), secret.path() + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(secret.path("@uuid"), "'" + secret.get("@uuid") + "' is no UUID");
    }
    // Ceph's keys are written in base64, and read so.
    return secret.is("@type", "ceph") ? Base64.getEncoder().encode(value) : value;
  }

  private static Usage usage(Node secret) {
    return switch (secret.get("@type", "")) {
      case "ceph" -> Usage.CEPH;
      case "iscsi" -> Usage.ISCSI;
      default -> Usage.VOLUME;
    };
  }
}
