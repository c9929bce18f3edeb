package org.virt.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.virt.api.Connect;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.XdrStruct;

/** Which machines there are. */
final class DomainListCalls {
  void declare(Declarations all) {
    all.on("connect_list_all_domains", DomainListCalls::listAll)
        .on("connect_num_of_domains", call -> call.reply(active(call).size()))
        .on(
            "connect_list_domains",
            call ->
                call.reply(
                    active(call).stream()
                        .map(d -> d.number().orElseThrow())
                        .limit(most(call, "maxids"))
                        .toList()))
        .on("connect_num_of_defined_domains", call -> call.reply(inactive(call).size()))
        .on(
            "connect_list_defined_domains",
            call ->
                call.reply(
                    inactive(call).stream()
                        .map(DomainSummary::name)
                        .limit(most(call, "maxnames"))
                        .toList()))
        .on("domain_lookup_by_id", DomainListCalls::byNumber)
        .on(
            "domain_lookup_by_uuid",
            call ->
                found(
                    call, call.connect().domain(new DomainId(call.args().uuid("uuid"))).summary()))
        .on("domain_lookup_by_name", DomainListCalls::byName);
  }

  private static XdrStruct listAll(Call call) throws VirtException {
    call.onlyFlags(DomainFilter.KNOWN);
    DomainFilter filter = new DomainFilter(call.flags());
    Connect connect = call.connect();
    List<DomainSummary> visible = visible(call, connect);
    List<XdrStruct> domains = new ArrayList<>(visible.size());
    for (DomainSummary domain : visible) {
      if (filter.admits(connect, domain)) {
        domains.add(Call.named(domain));
      }
    }
    boolean wanted = call.integer("need_results") != 0;
    return call.reply(wanted ? domains : List.of(), domains.size());
  }

  private static XdrStruct byNumber(Call call) throws VirtException {
    int number = call.integer("id");
    return find(call, d -> d.number().orElse(-1) == number, "no domain with matching id " + number);
  }

  /** Clients look up the same names again and again: a list of all machines is the last resort. */
  private static XdrStruct byName(Call call) throws VirtException {
    String name = call.text("name");
    Optional<DomainId> known = call.session().opened().known(name);
    if (known.isPresent()) {
      Optional<DomainSummary> same = stillNamed(call.connect(), known.get(), name);
      if (same.isPresent()) {
        return found(call, same.get());
      }
    }
    return find(call, d -> d.name().equals(name), "no domain with matching name '" + name + "'");
  }

  private static Optional<DomainSummary> stillNamed(Connect connect, DomainId id, String name)
      throws VirtException {
    try {
      DomainSummary summary = connect.domain(id).summary();
      return Optional.of(summary).filter(s -> s.name().equals(name));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static XdrStruct find(Call call, Predicate<DomainSummary> which, String otherwise)
      throws VirtException {
    DomainSummary domain =
        call.connect().domains().stream()
            .filter(which)
            .findFirst()
            .orElseThrow(() -> new VirtException(ErrorCode.NO_DOMAIN, otherwise));
    return found(call, domain);
  }

  private static XdrStruct found(Call call, DomainSummary domain) throws VirtException {
    AccessCheck.requireSight(call, domain);
    call.session().opened().note(domain.name(), domain.id());
    return call.reply(Call.named(domain));
  }

  private static List<DomainSummary> active(Call call) throws VirtException {
    return visible(call, call.connect()).stream().filter(d -> d.number().isPresent()).toList();
  }

  private static List<DomainSummary> inactive(Call call) throws VirtException {
    return visible(call, call.connect()).stream().filter(d -> !d.isActive()).toList();
  }

  private static List<DomainSummary> visible(Call call, Connect connect) throws VirtException {
    List<DomainSummary> all = connect.domains();
    return call.session().services().policies().isEmpty()
        ? all
        : all.stream()
            .filter(d -> AccessCheck.maySee(call.session(), d, call.procedure()))
            .toList();
  }

  private static int most(Call call, String field) throws VirtException {
    int most = call.integer(field);
    if (most < 0) {
      throw new VirtException(ErrorCode.INVALID_ARG, field + " must not be negative");
    }
    return most;
  }
}
