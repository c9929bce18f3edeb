package org.virt.api.host;

import java.util.List;
import java.util.UUID;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a connection: secrets. One that does not exist: {@code NO_SECRET}. */
@ConsumerType
public interface Secrets {
  /** Returns all secrets. */
  List<Secret> secrets() throws VirtException;

  /** Returns a secret's XML (libvirt's formatsecret), without its value. */
  String secretXml(UUID uuid) throws VirtException;

  /**
   * Defines a secret, or gives it another definition, and returns its UUID.
   *
   * @throws VirtException {@code INTERNAL_ERROR}, as libvirt says it, when another secret is for
   *     the same use
   */
  UUID defineSecret(String xml) throws VirtException;

  /** Removes a secret. */
  void undefineSecret(UUID uuid) throws VirtException;

  /** Gives a secret its value. */
  void setSecretValue(UUID uuid, byte[] value) throws VirtException;

  /**
   * Returns a secret's value.
   *
   * @throws VirtException {@code NO_SECRET} when it has none yet, {@code INVALID_SECRET} when it is
   *     private
   */
  byte[] secretValue(UUID uuid) throws VirtException;
}
