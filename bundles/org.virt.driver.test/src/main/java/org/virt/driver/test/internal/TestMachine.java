package org.virt.driver.test.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainInfo;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.domain.DomainNotice;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

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
  private final Map<XmlView, Printed> printed = new EnumMap<>(XmlView.class);
  final SnapshotTree snapshots = new SnapshotTree();

  /** What a configuration looks like. A change makes another one, but for its name and number. */
  private record Printed(DomainConfig config, String name, String number, String xml) {
    boolean is(DomainConfig now, String its) {
      return config == now && name.equals(now.name) && Objects.equals(number, its);
    }
  }

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

  /** Returns the XML that everybody may see. */
  String xml(XmlView view) {
    DomainConfig config = config(view);
    String number = number(view, config);
    Printed last = printed.get(view);
    if (last == null || !last.is(config, number)) {
      last = new Printed(config, config.name, number, xml(view, DomainXml::printPublic));
      printed.put(view, last);
    }
    return last.xml();
  }

  String xml(XmlView view, Function<DomainConfig, String> printer) {
    DomainConfig config = config(view);
    String kept = config.id;
    config.id = number(view, config);
    try {
      return printer.apply(config);
    } finally {
      config.id = kept;
    }
  }

  private DomainConfig config(XmlView view) {
    return view == XmlView.LIVE || definition == null ? current() : definition;
  }

  /** The number belongs to the run, so only the view of the run shows it. */
  private static String number(XmlView view, DomainConfig config) {
    return view == XmlView.LIVE ? config.id : null;
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
