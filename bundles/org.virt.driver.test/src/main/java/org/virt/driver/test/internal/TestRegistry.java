package org.virt.driver.test.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent;
import org.virt.api.ObjectEvent.Kind;
import org.virt.api.ObjectEvent.Type;
import org.virt.api.VirtException;

/**
 * The objects of one kind, and what becomes of them when they are defined, started and ended; under
 * the lock of its user.
 */
final class TestRegistry<O extends TestObject> {
  private final Map<String, O> byName = new LinkedHashMap<>();
  private final Type type;
  private final DomainListeners events;

  TestRegistry(Type type, DomainListeners events) {
    this.type = type;
    this.events = events;
  }

  List<O> all() {
    return List.copyOf(byName.values());
  }

  O find(String name) throws VirtException {
    O found = byName.get(name);
    if (found == null) {
      throw type == Type.NETWORK
          ? new VirtException(
              ErrorCode.NO_NETWORK,
              "Network not found: no network with matching name '" + name + "'")
          : new VirtException(
              ErrorCode.NO_STORAGE_POOL,
              "Storage pool not found: no storage pool with matching name '" + name + "'");
    }
    return found;
  }

  /** Keeps a definition: of an object that is there, or of a new one. */
  O define(O wanted) throws VirtException {
    O object = claim(wanted);
    object.define(wanted.xml);
    object.persistent = true;
    send(object, Kind.DEFINED);
    return object;
  }

  /** Starts what is described: an object that is there, or one that is gone when it ends. */
  O create(O wanted) throws VirtException {
    O object = claim(wanted);
    if (object.active) {
      throw invalid("%s is already active as '%s'".formatted(word(), object.name));
    }
    object.xml = wanted.xml;
    start(object);
    return object;
  }

  void start(O object) {
    object.active = true;
    send(object, Kind.STARTED);
  }

  void stop(O object) {
    object.active = false;
    object.ended();
    if (!object.persistent) {
      byName.remove(object.name);
    }
    send(object, Kind.STOPPED);
  }

  void undefine(O object) {
    byName.remove(object.name);
    send(object, Kind.UNDEFINED);
  }

  void send(O object, Kind kind) {
    events.send(new ObjectEvent(type, object.uuid, object.name, kind));
  }

  private O claim(O wanted) throws VirtException {
    for (O object : byName.values()) {
      boolean sameId = object.uuid.equals(wanted.uuid);
      boolean sameName = object.name.equals(wanted.name);
      if (sameId && sameName) {
        return object;
      }
      if (sameId || sameName) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "operation failed: %s '%s' %s with uuid %s"
                .formatted(
                    word(),
                    object.name,
                    sameId ? "is already defined" : "already exists",
                    object.uuid));
      }
    }
    byName.put(wanted.name, wanted);
    return wanted;
  }

  private String word() {
    return type == Type.NETWORK ? "network" : "pool";
  }

  static VirtException invalid(String reason) {
    return new VirtException(
        ErrorCode.OPERATION_INVALID, "Requested operation is not valid: " + reason);
  }
}
