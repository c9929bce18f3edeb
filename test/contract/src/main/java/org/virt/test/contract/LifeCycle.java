package org.virt.test.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.Autostarts;
import org.virt.spi.driver.DriverConnection;

/** What each verb does to a machine in each state: one row each. */
final class LifeCycle {
  /** Where a machine stands before the verb. */
  enum Start {
    UNKNOWN,
    INACTIVE,
    RUNNING,
    PAUSED,
    TRANSIENT,
    TRANSIENT_PAUSED
  }

  /** What is asked of it. */
  enum Verb {
    START(DriverConnection::start),
    SHUTDOWN(DriverConnection::shutdown),
    REBOOT(DriverConnection::reboot),
    RESET(DriverConnection::reset),
    SUSPEND(DriverConnection::suspend),
    RESUME(DriverConnection::resume),
    DESTROY(DriverConnection::destroy),
    UNDEFINE(DriverConnection::undefine),
    INFO(DriverConnection::info),
    SUMMARY(DriverConnection::summary),
    AUTOSTART((connection, id) -> ((Autostarts) connection).autostart(id, Autostart.ON));

    private final Asking asking;

    Verb(Asking asking) {
      this.asking = asking;
    }

    void ask(DriverConnection connection, DomainId id) throws VirtException {
      asking.ask(connection, id);
    }

    /** Says whether the guest has a part in it, which may be missing. */
    boolean needsGuest() {
      return this == SHUTDOWN || this == REBOOT;
    }
  }

  /** A call. */
  @FunctionalInterface
  interface Asking {
    void ask(DriverConnection connection, DomainId id) throws VirtException;
  }

  /**
   * A row.
   *
   * @param state where the machine stands then; absent when it is gone
   * @param reason why; absent when any will do
   * @param events what was told of it, in order
   * @param error what the verb was refused with
   */
  record Row(
      Start from,
      Verb verb,
      Optional<DomainState> state,
      Optional<Reason> reason,
      List<Kind> events,
      Optional<ErrorCode> error) {
    @Override
    public String toString() {
      String then = error.map(Enum::name).orElse(state.map(Enum::name).orElse("gone"));
      return verb + " of " + from + ": " + then + " " + events;
    }
  }

  private final List<Row> rows = new ArrayList<>();

  private LifeCycle() {}

  /** Returns all rows. */
  static List<Row> rows() {
    LifeCycle table = new LifeCycle();
    for (Verb verb : Verb.values()) {
      table.refuses(Start.UNKNOWN, verb, ErrorCode.NO_DOMAIN);
    }
    table.inactive();
    table.active();
    table.paused();
    table.transients();
    return table.rows;
  }

  private void inactive() {
    becomes(Start.INACTIVE, Verb.START, Reason.BOOTED, Kind.STARTED_BOOTED);
    for (Verb verb :
        List.of(Verb.SHUTDOWN, Verb.REBOOT, Verb.RESET, Verb.SUSPEND, Verb.RESUME, Verb.DESTROY)) {
      refuses(Start.INACTIVE, verb, ErrorCode.OPERATION_INVALID);
    }
    goes(Start.INACTIVE, Verb.UNDEFINE, Kind.UNDEFINED_REMOVED);
    stays(Start.INACTIVE, Verb.AUTOSTART, DomainState.SHUTOFF);
  }

  private void active() {
    refuses(Start.RUNNING, Verb.START, ErrorCode.OPERATION_INVALID);
    refuses(Start.RUNNING, Verb.RESUME, ErrorCode.OPERATION_INVALID);
    becomes(Start.RUNNING, Verb.SHUTDOWN, Reason.SHUT_DOWN, Kind.STOPPED_SHUTDOWN);
    stays(Start.RUNNING, Verb.REBOOT, DomainState.RUNNING);
    stays(Start.RUNNING, Verb.RESET, DomainState.RUNNING);
    becomes(Start.RUNNING, Verb.SUSPEND, Reason.PAUSED_BY_USER, Kind.SUSPENDED_PAUSED);
    becomes(Start.RUNNING, Verb.DESTROY, Reason.DESTROYED, Kind.STOPPED_DESTROYED);
    becomes(Start.RUNNING, Verb.UNDEFINE, Reason.BOOTED, Kind.UNDEFINED_REMOVED);
    stays(Start.RUNNING, Verb.AUTOSTART, DomainState.RUNNING);
  }

  private void paused() {
    refuses(Start.PAUSED, Verb.START, ErrorCode.OPERATION_INVALID);
    stays(Start.PAUSED, Verb.RESET, DomainState.PAUSED);
    // As libvirt's QEMU driver: who asks for a pause has one.
    stays(Start.PAUSED, Verb.SUSPEND, DomainState.PAUSED);
    becomes(Start.PAUSED, Verb.RESUME, Reason.UNPAUSED, Kind.RESUMED_UNPAUSED);
    becomes(Start.PAUSED, Verb.DESTROY, Reason.DESTROYED, Kind.STOPPED_DESTROYED);
    becomes(Start.PAUSED, Verb.UNDEFINE, Reason.PAUSED_BY_USER, Kind.UNDEFINED_REMOVED);
  }

  private void transients() {
    refuses(Start.TRANSIENT, Verb.START, ErrorCode.OPERATION_INVALID);
    refuses(Start.TRANSIENT, Verb.UNDEFINE, ErrorCode.OPERATION_INVALID);
    refuses(Start.TRANSIENT, Verb.AUTOSTART, ErrorCode.OPERATION_INVALID);
    becomes(Start.TRANSIENT, Verb.SUSPEND, Reason.PAUSED_BY_USER, Kind.SUSPENDED_PAUSED);
    goes(Start.TRANSIENT, Verb.SHUTDOWN, Kind.STOPPED_SHUTDOWN);
    goes(Start.TRANSIENT, Verb.DESTROY, Kind.STOPPED_DESTROYED);
    goes(Start.TRANSIENT_PAUSED, Verb.DESTROY, Kind.STOPPED_DESTROYED);
    becomes(Start.TRANSIENT_PAUSED, Verb.RESUME, Reason.UNPAUSED, Kind.RESUMED_UNPAUSED);
  }

  private void becomes(Start from, Verb verb, Reason reason, Kind event) {
    DomainState state = DomainStatus.of(reason).state();
    rows.add(
        new Row(
            from, verb, Optional.of(state), Optional.of(reason), List.of(event), Optional.empty()));
  }

  private void stays(Start from, Verb verb, DomainState state) {
    rows.add(
        new Row(from, verb, Optional.of(state), Optional.empty(), List.of(), Optional.empty()));
  }

  private void goes(Start from, Verb verb, Kind event) {
    rows.add(
        new Row(from, verb, Optional.empty(), Optional.empty(), List.of(event), Optional.empty()));
  }

  private void refuses(Start from, Verb verb, ErrorCode error) {
    rows.add(
        new Row(from, verb, Optional.empty(), Optional.empty(), List.of(), Optional.of(error)));
  }
}
