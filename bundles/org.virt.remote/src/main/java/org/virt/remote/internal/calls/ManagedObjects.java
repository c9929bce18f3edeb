package org.virt.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.ManagedObject;
import org.virt.api.VirtException;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** What procedures about networks and about storage pools have in common. */
final class ManagedObjects<O extends ManagedObject> {
  private static final int INACTIVE = 1;
  private static final int ACTIVE = 2;
  private static final int PERSISTENT = 4;
  private static final int TRANSIENT = 8;
  private static final int AUTOSTART = 16;
  private static final int NO_AUTOSTART = 32;

  /** The flags above, which all kinds have. */
  static final int LIST_FLAGS = 0x3f;

  private final String kind;
  private final String field;
  private final StructType struct;
  private final ErrorCode absent;
  private final Lister<O> lister;

  /** Lists all objects of a connection. */
  @FunctionalInterface
  interface Lister<O> {
    List<O> list(Call call) throws VirtException;
  }

  /** Chooses among objects. */
  @FunctionalInterface
  interface Choice<O> {
    boolean admits(O object) throws VirtException;
  }

  /** Does something to an object. */
  @FunctionalInterface
  interface Verb {
    void on(String name) throws VirtException;
  }

  /**
   * Makes it for a kind of objects.
   *
   * @param kind as procedures name it, such as {@code storage_pool}
   * @param field as arguments name it, such as {@code pool}
   * @param absent what is said when there is none
   */
  ManagedObjects(String kind, String field, ErrorCode absent, Lister<O> lister) {
    this.kind = kind;
    this.field = field;
    this.struct = Protocol.libvirt().struct("remote_nonnull_" + kind);
    this.absent = absent;
    this.lister = lister;
  }

  /** Declares lists by name, lookups, and what an object is like. */
  void declare(Declarations all) {
    declareNames(all, "", ManagedObject::isActive);
    declareNames(all, "defined_", object -> !object.isActive());
    all.on(
            kind + "_lookup_by_name",
            call -> {
              String name = call.text("name");
              return call.reply(named(find(call, o -> o.name().equals(name), "name", name)));
            })
        .on(
            kind + "_lookup_by_uuid",
            call -> {
              Object uuid = call.args().uuid("uuid");
              return call.reply(named(find(call, o -> o.uuid().equals(uuid), "uuid", uuid)));
            })
        .on(kind + "_is_active", call -> call.reply(of(call).isActive() ? 1 : 0))
        .on(kind + "_is_persistent", call -> call.reply(of(call).isPersistent() ? 1 : 0))
        .on(kind + "_get_autostart", call -> call.reply(of(call).isAutostarted() ? 1 : 0));
  }

  private void declareNames(Declarations all, String which, Predicate<O> choice) {
    String objects = which + kind + "s";
    all.on("connect_num_of_" + objects, call -> call.reply(some(call, choice).size()))
        .on(
            "connect_list_" + objects,
            call ->
                call.reply(
                    some(call, choice).stream()
                        .map(ManagedObject::name)
                        .limit(Math.max(0, call.integer("maxnames")))
                        .toList()));
  }

  /** Replies with the objects that the flags of a call choose, and something beside them. */
  XdrStruct listAll(Call call, Choice<O> more) throws VirtException {
    int flags = call.flags();
    List<XdrStruct> found = new ArrayList<>();
    for (O object : lister.list(call)) {
      if (admits(flags, object) && more.admits(object)) {
        found.add(named(object));
      }
    }
    return call.listed(found);
  }

  private static boolean admits(int flags, ManagedObject object) {
    return Bits.admits(flags, ACTIVE | INACTIVE, object.isActive() ? ACTIVE : INACTIVE)
        && Bits.admits(
            flags, PERSISTENT | TRANSIENT, object.isPersistent() ? PERSISTENT : TRANSIENT)
        && Bits.admits(
            flags, AUTOSTART | NO_AUTOSTART, object.isAutostarted() ? AUTOSTART : NO_AUTOSTART);
  }

  private List<O> some(Call call, Predicate<O> which) throws VirtException {
    return lister.list(call).stream().filter(which).toList();
  }

  /**
   * Returns the object that the call is about: name and UUID are its own, for policies see both.
   */
  O of(Call call) throws VirtException {
    XdrStruct wanted = call.args().struct(field);
    String name = wanted.text("name");
    return find(
        call, o -> o.uuid().equals(wanted.uuid("uuid")) && o.name().equals(name), "name", name);
  }

  /** Returns the object of a name. */
  O byName(Call call, String name) throws VirtException {
    return find(call, o -> o.name().equals(name), "name", name);
  }

  private O find(Call call, Predicate<O> which, String by, Object value) throws VirtException {
    return some(call, which).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    absent,
                    "no %s with matching %s '%s'".formatted(kind.replace('_', ' '), by, value)));
  }

  /** Does something to the object that the call is about. */
  XdrStruct done(Call call, Verb verb) throws VirtException {
    verb.on(of(call).name());
    return call.reply();
  }

  /** Returns what a call wants to have happen at the start of the host. */
  static Autostart autostart(Call call) {
    return call.integer("autostart") != 0 ? Autostart.ON : Autostart.OFF;
  }

  /** Returns an object as the protocol names it. */
  XdrStruct named(O object) {
    return struct.of(object.name(), object.uuid());
  }
}
