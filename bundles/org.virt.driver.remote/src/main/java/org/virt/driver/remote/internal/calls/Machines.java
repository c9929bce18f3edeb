package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Lists machines: what a summary holds takes several calls, which are on their way together. */
public final class Machines {
  private static final int WITH_RESULTS = 1;

  /** {@code virConnectListAllDomainsFlags}. */
  private static final int PERSISTENT = 4;

  private static final int AUTOSTART = 1024;

  /** So many calls wait for their answers at once, for servers that count them. */
  private static final int AT_ONCE = 64;

  private final Far far;

  /** Makes one. */
  public Machines(Far far) {
    this.far = far;
  }

  /** Returns all machines; one that goes meanwhile is left out. */
  public List<DomainSummary> all() throws VirtException {
    Answer persistent = list(PERSISTENT);
    Answer autostart = list(AUTOSTART);
    List<XdrStruct> domains = far.await(list(0)).structs("domains");
    Set<UUID> kept = uuids(far.await(persistent));
    Set<UUID> started = autostarted(autostart);
    List<DomainSummary> summaries = new ArrayList<>();
    for (int from = 0; from < domains.size(); from += AT_ONCE) {
      List<XdrStruct> some = domains.subList(from, Math.min(from + AT_ONCE, domains.size()));
      List<Answer> states = new ArrayList<>();
      for (XdrStruct domain : some) {
        states.add(far.begin("domain_get_state", far.keep(domain), 0));
      }
      for (int i = 0; i < some.size(); i++) {
        XdrStruct domain = some.get(i);
        UUID uuid = domain.uuid("uuid");
        Persistence persistence = persistence(kept.contains(uuid), started.contains(uuid));
        present(states.get(i))
            .ifPresent(state -> summaries.add(summary(domain, status(state), persistence)));
      }
    }
    return summaries;
  }

  /** Returns one machine. */
  public DomainSummary one(DomainId id) throws VirtException {
    DomainSummary found = asked(id);
    // A machine that was started between the answers has no number yet: it has now.
    return found.isActive() && found.number().isEmpty() ? asked(id) : found;
  }

  private DomainSummary asked(DomainId id) throws VirtException {
    XdrStruct domain = far.lookUp(id);
    Answer state = far.begin("domain_get_state", domain, 0);
    Answer persistent = far.begin("domain_is_persistent", domain);
    Answer autostart = far.begin("domain_get_autostart", domain);
    DomainStatus status = status(far.await(state));
    boolean kept = far.await(persistent).integer("persistent") != 0;
    return summary(domain, status, persistence(kept, kept && isOn(autostart)));
  }

  private boolean isOn(Answer autostart) throws VirtException {
    try {
      return far.await(autostart).integer("autostart") != 0;
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT || e.code() == ErrorCode.OPERATION_INVALID) {
        return false;
      }
      throw e;
    }
  }

  /** Drivers without autostart may refuse to look for it. */
  private Set<UUID> autostarted(Answer answer) throws VirtException {
    try {
      return uuids(far.await(answer));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT || e.code() == ErrorCode.INVALID_ARG) {
        return Set.of();
      }
      throw e;
    }
  }

  private Answer list(int flags) throws VirtException {
    return far.begin("connect_list_all_domains", WITH_RESULTS, flags);
  }

  private Optional<XdrStruct> present(Answer state) throws VirtException {
    try {
      return Optional.of(far.await(state));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Set<UUID> uuids(XdrStruct list) {
    Set<UUID> uuids = new HashSet<>();
    list.structs("domains").forEach(domain -> uuids.add(domain.uuid("uuid")));
    return uuids;
  }

  private static Persistence persistence(boolean kept, boolean autostart) {
    if (!kept) {
      return Persistence.TRANSIENT;
    }
    return autostart ? Persistence.AUTOSTART : Persistence.PERSISTENT;
  }

  /** Returns what a machine does, from the answer to that question. */
  static DomainStatus status(XdrStruct state) {
    return DomainStatus.of(DomainState.of(state.integer("state")), state.integer("reason"));
  }

  private static DomainSummary summary(
      XdrStruct domain, DomainStatus status, Persistence persistence) {
    int number = domain.integer("id");
    return new DomainSummary(
        Far.id(domain),
        domain.text("name"),
        status.state().isActive() && number >= 0 ? OptionalInt.of(number) : OptionalInt.empty(),
        status,
        persistence);
  }
}
