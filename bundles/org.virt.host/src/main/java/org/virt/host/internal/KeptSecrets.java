package org.virt.host.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
import org.virt.api.host.SecretEvent;
import org.virt.api.host.SecretEvent.Kind;
import org.virt.api.host.Secrets;

/**
 * Secrets in the state directory, two files each, {@code UUID.xml} and {@code UUID.base64}; the
 * ephemeral ones in memory only. They are read at first use. Safe for use by many threads.
 */
final class KeptSecrets implements Secrets {
  private static final Logger LOG = LoggerFactory.getLogger(KeptSecrets.class);
  private static final String AREA = "secrets";
  private static final String DEFINITION = ".xml";
  private static final String VALUE = ".base64";

  private final StateDirectory state;
  private final DomainListeners events;
  private final Map<UUID, Kept> secrets = new LinkedHashMap<>();
  private boolean read;

  /** A secret and its value, if it has one. */
  private record Kept(SecretXml definition, Optional<byte[]> value) {
    Secret secret() {
      return definition.secret();
    }
  }

  KeptSecrets(StateDirectory state, DomainListeners events) {
    this.state = state;
    this.events = events;
  }

  @Override
  public synchronized List<Secret> secrets() throws VirtException {
    return all().values().stream().map(Kept::secret).toList();
  }

  @Override
  public synchronized String secretXml(UUID uuid) throws VirtException {
    return find(uuid).definition().print();
  }

  @Override
  public synchronized UUID defineSecret(String xml) throws VirtException {
    SecretXml wanted = SecretXml.parse(xml);
    Secret secret = wanted.secret();
    for (Kept other : all().values()) {
      boolean same = other.secret().uuid().equals(secret.uuid());
      boolean sameUse =
          other.secret().usage() == secret.usage()
              && other.secret().usageId().equals(secret.usageId());
      if (same && !sameUse || !same && sameUse && secret.usage() != Secret.Usage.NONE) {
        throw new VirtException(
            ErrorCode.INTERNAL_ERROR,
            "a secret with UUID %s already defined for use with %s"
                .formatted(other.secret().uuid(), other.secret().usageId()));
      }
    }
    Kept before = all().get(secret.uuid());
    if (before != null
        && before.secret().disclosure() == Secret.Disclosure.PRIVATE
        && secret.disclosure() == Secret.Disclosure.OPEN) {
      throw new VirtException(
          ErrorCode.OPERATION_DENIED, "cannot change private flag on existing secret");
    }
    keep(new Kept(wanted, before == null ? Optional.empty() : before.value()));
    tell(secret, Kind.DEFINED);
    return secret.uuid();
  }

  @Override
  public synchronized void undefineSecret(UUID uuid) throws VirtException {
    Secret secret = find(uuid).secret();
    deleteFiles(uuid);
    secrets.remove(uuid);
    tell(secret, Kind.UNDEFINED);
  }

  @Override
  public synchronized void setSecretValue(UUID uuid, byte[] value) throws VirtException {
    SecretXml definition = find(uuid).definition();
    keep(new Kept(definition, Optional.of(value.clone())));
    tell(definition.secret(), Kind.VALUE_CHANGED);
  }

  /** Under the lock, so that listeners hear of it in the order in which it happened. */
  private void tell(Secret secret, Kind kind) {
    SecretEvent event = new SecretEvent(secret.uuid(), secret.usage(), secret.usageId(), kind);
    events.send(listener -> listener.event(event));
  }

  @Override
  public synchronized byte[] secretValue(UUID uuid) throws VirtException {
    if (find(uuid).secret().disclosure() == Secret.Disclosure.PRIVATE) {
      throw new VirtException(ErrorCode.INVALID_SECRET, "secret is private");
    }
    return value(uuid);
  }

  /** Returns a value, of a private secret, too. */
  synchronized byte[] value(UUID uuid) throws VirtException {
    return find(uuid)
        .value()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_SECRET, "secret '" + uuid + "' does not have a value"))
        .clone();
  }

  /** Returns the value of the secret for a use, of a private one, too. */
  synchronized byte[] value(Secret.Usage usage, String usageId) throws VirtException {
    for (Kept kept : all().values()) {
      if (kept.secret().usage() == usage && kept.secret().usageId().equals(usageId)) {
        return value(kept.secret().uuid());
      }
    }
    throw new VirtException(
        ErrorCode.NO_SECRET, "no secret for " + usage.text() + " '" + usageId + "'");
  }

  private Kept find(UUID uuid) throws VirtException {
    Kept kept = all().get(uuid);
    if (kept == null) {
      throw new VirtException(ErrorCode.NO_SECRET, "no secret with matching uuid '" + uuid + "'");
    }
    return kept;
  }

  /** Writes a secret before it counts: what was told to be there is there after a crash. */
  private void keep(Kept kept) throws VirtException {
    UUID uuid = kept.secret().uuid();
    if (kept.secret().keeping() == Secret.Keeping.EPHEMERAL) {
      deleteFiles(uuid);
    } else {
      if (kept.value().isPresent()) {
        state.write(file(uuid, VALUE), Base64.getEncoder().encode(kept.value().get()));
      }
      state.write(
          file(uuid, DEFINITION), kept.definition().print().getBytes(StandardCharsets.UTF_8));
    }
    secrets.put(uuid, kept);
  }

  private void deleteFiles(UUID uuid) throws VirtException {
    try {
      Files.deleteIfExists(file(uuid, DEFINITION));
      Files.deleteIfExists(file(uuid, VALUE));
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "delete secret " + uuid + ": " + e, e);
    }
  }

  private Path file(UUID uuid, String end) throws VirtException {
    return state.area(AREA).resolve(uuid + end);
  }

  private Map<UUID, Kept> all() throws VirtException {
    if (!read) {
      for (Path file : SysFile.list(state.area(AREA))) {
        if (file.getFileName().toString().endsWith(DEFINITION)) {
          readBack(file);
        }
      }
      read = true;
    }
    return secrets;
  }

  /** One that cannot be read must not hide the others. */
  private void readBack(Path file) {
    try {
      SecretXml definition = SecretXml.parse(Files.readString(file));
      UUID uuid = definition.secret().uuid();
      Path value = file(uuid, VALUE);
      Optional<byte[]> bytes =
          Files.exists(value)
              ? Optional.of(Base64.getDecoder().decode(Files.readAllBytes(value)))
              : Optional.empty();
      secrets.put(uuid, new Kept(definition, bytes));
    } catch (IOException | VirtException | IllegalArgumentException e) {
      LOG.warn("read secret {}: {}", file, e.toString());
    }
  }
}
