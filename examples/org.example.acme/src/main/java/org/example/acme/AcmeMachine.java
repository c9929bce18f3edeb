package org.example.acme;

import java.time.Duration;
import java.util.OptionalInt;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** What is known of one machine; guarded by its host. */
final class AcmeMachine {
  final DomainId id;
  final String name;

  /** That of the next start, null for a transient machine. */
  DomainConfig definition;

  /** That of the run, null while inactive. */
  DomainConfig live;

  /** That runs, null while inactive. */
  Process process;

  DomainStatus status = DomainStatus.of(Reason.SHUT_DOWN);

  AcmeMachine(DomainConfig config) {
    id = config.domainId();
    name = config.name;
  }

  boolean isActive() {
    return live != null;
  }

  DomainSummary summary() {
    OptionalInt number =
        isActive() ? OptionalInt.of(Integer.parseInt(live.id)) : OptionalInt.empty();
    return new DomainSummary(
        id,
        name,
        number,
        status,
        definition == null ? Persistence.TRANSIENT : Persistence.PERSISTENT);
  }

  DomainInfo info() {
    DomainConfig config = isActive() ? live : definition;
    Duration used =
        isActive() ? process.info().totalCpuDuration().orElse(Duration.ZERO) : Duration.ZERO;
    long memory = config.memory.kib();
    return new DomainInfo(status, memory, isActive() ? memory : 0, config.vcpu.count(), used);
  }

  /**
   * Returns its XML without passwords; the number belongs to the run and stands in its view only.
   */
  String xml(XmlView view) {
    if (isActive() && view == XmlView.LIVE) {
      return DomainXml.printPublic(live);
    }
    if (definition != null) {
      return DomainXml.printPublic(definition);
    }
    String number = live.id;
    live.id = null;
    try {
      return DomainXml.printPublic(live);
    } finally {
      live.id = number;
    }
  }
}
