package org.virt.driver.remote.internal.calls;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Lists objects once as a whole and once for each thing that lists can be filtered by. */
final class Listing {
  private static final int WITH_RESULTS = 1;
  private static final int TRANSIENT = 0;
  private static final int PERSISTENT = 1;
  private static final int AUTOSTART = 2;

  private final List<XdrStruct> all;
  private final Set<UUID> active;
  private final Set<UUID> persistent;
  private final Set<UUID> autostart;

  /** The filters of a kind of objects. */
  record Flags(int active, int persistent, int autostart) {}

  Listing(Far far, String procedure, String field, Flags flags) throws VirtException {
    Answer everything = far.begin(procedure, WITH_RESULTS, 0);
    Answer running = far.begin(procedure, WITH_RESULTS, flags.active());
    Answer kept = far.begin(procedure, WITH_RESULTS, flags.persistent());
    Answer started = far.begin(procedure, WITH_RESULTS, flags.autostart());
    all = far.await(everything).structs(field);
    active = uuids(far.await(running).structs(field));
    persistent = uuids(far.await(kept).structs(field));
    autostart = uuids(far.await(started).structs(field));
  }

  List<XdrStruct> all() {
    return all;
  }

  boolean isActive(XdrStruct object) {
    return active.contains(object.uuid("uuid"));
  }

  /** Returns 0 for transient, 1 for persistent, 2 for one that is started with the host. */
  int persistence(XdrStruct object) {
    UUID uuid = object.uuid("uuid");
    if (!persistent.contains(uuid)) {
      return TRANSIENT;
    }
    return autostart.contains(uuid) ? AUTOSTART : PERSISTENT;
  }

  private static Set<UUID> uuids(List<XdrStruct> objects) {
    Set<UUID> uuids = new HashSet<>();
    objects.forEach(object -> uuids.add(object.uuid("uuid")));
    return uuids;
  }
}
