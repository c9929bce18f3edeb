package org.virt.driver.test.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.domain.DomainNotice;
import org.virt.model.domain.DomainConfig;

/** What is known of one machine; guarded by its host. */
final class TestMachine {
  final DomainId id;
  String name;

  /** That of the next start, null for a transient machine. */
  DomainConfig definition;

  /** That of the run, null while inactive. */
  DomainConfig live;

  DomainStatus status = DomainStatus.of(Reason.UNKNOWN);
  Instant started = Instant.EPOCH;
  boolean autostart;

  /** What the next start restores, null for nothing. */
  DomainConfig saved;

  boolean frozen;
  final SnapshotTree snapshots = new SnapshotTree();

  TestMachine(DomainConfig config) {
    id = config.domainId();
    name = config.name;
  }

  boolean isActive() {
    return live != null;
  }

  DomainConfig current() {
    return live == null ? definition : live;
  }

  DomainNotice.Subject subject() {
    return new DomainNotice.Subject(id, name);
  }

  /** Returns how long it runs, seconds. */
  long seconds() {
    return Duration.between(started, Instant.now()).toSeconds();
  }

  DomainSummary summary() {
    OptionalInt number =
        live == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(live.id));
    Persistence kept = autostart ? Persistence.AUTOSTART : Persistence.PERSISTENT;
    return new DomainSummary(
        id, name, number, status, definition == null ? Persistence.TRANSIENT : kept);
  }

  DomainInfo info() {
    DomainConfig config = current();
    return new DomainInfo(
        status,
        config.memory.kib(),
        isActive() ? config.currentMemory.kib() : 0,
        config.vcpu.count(),
        isActive() ? Duration.between(started, Instant.now()) : Duration.ZERO);
  }
}
