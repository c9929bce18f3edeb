package org.virt.driver.qemu.internal.machine;

import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.virt.api.VirtException;
import org.virt.api.host.Secret.Usage;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.spi.driver.SecretValues;

/** The values of secrets that machines refer to, while this host has a service that keeps them. */
public final class HostSecrets {
  private final AtomicReference<SecretValues> kept = new AtomicReference<>();

  /** Sets the service that is there from now on. */
  public void of(SecretValues values) {
    kept.set(values);
  }

  /** Takes the service away, unless another one has come already. */
  public void without(SecretValues values) {
    kept.compareAndSet(values, null);
  }

  /**
   * Returns what QEMU is to read.
   *
   * @param holder the element {@code secret}, or the one that it is in
   */
  byte[] value(Node holder) throws VirtException {
    Node secret = holder.name().equals("secret") ? holder : holder.child("secret");
    byte[] value =
        secret.has("@uuid")
            ? value(secret.path("@uuid"), secret.get("@uuid"))
            : ask(secret.path(), values -> values.value(usage(secret), secret.get("@usage")));
    // Ceph's keys are written in base64, and read so.
    return secret.is("@type", "ceph") ? Base64.getEncoder().encode(value) : value;
  }

  /**
   * Returns a value.
   *
   * @param place the element that refers to it, for errors
   */
  byte[] value(String place, String uuid) throws VirtException {
    try {
      UUID known = UUID.fromString(uuid);
      return ask(place, values -> values.value(known));
    } catch (IllegalArgumentException e) {
      throw Refusal.of(place, "'" + uuid + "' is no UUID");
    }
  }

  private byte[] ask(String place, Question question) throws VirtException {
    SecretValues values = kept.get();
    if (values == null) {
      throw Refusal.of(place, "no service keeps secrets");
    }
    try {
      return question.of(values);
    } catch (VirtException e) {
      throw new VirtException(e.code(), place + ": " + e.getMessage(), e);
    }
  }

  private interface Question {
    byte[] of(SecretValues values) throws VirtException;
  }

  private static Usage usage(Node secret) {
    return switch (secret.get("@type", "")) {
      case "ceph" -> Usage.CEPH;
      case "iscsi" -> Usage.ISCSI;
      case "vtpm" -> Usage.VTPM;
      default -> Usage.VOLUME;
    };
  }
}
