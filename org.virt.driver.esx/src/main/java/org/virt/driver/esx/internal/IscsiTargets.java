package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StorageVolume;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Node;

/**
 * Targets of the host's iSCSI adapters as storage pools, as in libvirt's driver: a pool is named as
 * its target, and its volumes are the target's disks, which are made on the target.
 */
final class IscsiTargets {
  /** What a host tells of its adapters, with the targets that they are to have. */
  static final String ADAPTERS = "config.storageDevice.hostBusAdapter";

  /** Names of targets are told from those of datastores (RFC 3721, section 1.1). */
  private static final Pattern NAME = Pattern.compile("(iqn|eui|naa)\\..*");

  private static final String TOPOLOGY = "config.storageDevice.scsiTopology";
  private static final String DISKS = "config.storageDevice.scsiLun";

  private final Vim vim;
  private final Inventory place;

  IscsiTargets(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
  }

  /** Returns the targets of adapters, each once. */
  static List<Node> of(Node adapters) {
    List<Node> targets = new ArrayList<>();
    for (Node adapter : adapters.children()) {
      for (Node target : adapter.all("configuredStaticTarget")) {
        boolean known = targets.stream().anyMatch(other -> name(other).equals(name(target)));
        if (!known) {
          targets.add(target);
        }
      }
    }
    return targets;
  }

  private static String name(Node target) {
    return target.text("iScsiName");
  }

  static StoragePool pool(Node target) {
    // How large it is and how much is free, the target alone knows.
    return new StoragePool(
        name(target),
        Digests.uuid(name(target)),
        StoragePool.State.RUNNING,
        StoragePool.Persistence.AUTOSTART,
        0,
        0,
        0);
  }

  /** Finds a target by the name of its pool. */
  Optional<Node> find(String action, String pool) throws VirtException {
    if (!NAME.matcher(pool).matches()) {
      return Optional.empty();
    }
    Found host = Query.one(vim, action, place.host(), ADAPTERS);
    return of(host.node(ADAPTERS)).stream().filter(t -> name(t).equals(pool)).findFirst();
  }

  static String xml(Node target) {
    XmlWriter out = new XmlWriter().open("pool").attribute("type", "iscsi");
    out.element("name", name(target)).element("uuid", Digests.uuid(name(target)));
    out.open("source").open("host").attribute("name", target.text("address"));
    if (!target.text("port").isEmpty()) {
      out.attribute("port", target.text("port"));
    }
    out.close().open("device").attribute("path", name(target)).close().close();
    return out.close().toString();
  }

  /** Returns the disks of a target, by the host's paths. */
  List<StorageVolume> volumes(String action, String pool) throws VirtException {
    Found host = Query.one(vim, action, place.host(), TOPOLOGY, DISKS);
    List<String> keys = new ArrayList<>();
    for (Node adapter : host.node(TOPOLOGY).all("adapter")) {
      for (Node target : adapter.all("target")) {
        if (target.text("transport.iScsiName").equals(pool)) {
          target.all("lun").forEach(lun -> keys.add(lun.text("scsiLun")));
        }
      }
    }
    List<StorageVolume> volumes = new ArrayList<>();
    for (Node disk : host.node(DISKS).children()) {
      if (keys.contains(disk.text("key"))) {
        volumes.add(volume(pool, disk));
      }
    }
    return volumes;
  }

  private static StorageVolume volume(String pool, Node disk) {
    long size = disk.number("capacity.block", 0) * disk.number("capacity.blockSize", 0);
    String path = disk.text("deviceName");
    String key = Digests.uuid(disk.text("uuid")).toString();
    return new StorageVolume(pool, path, key, path, StorageVolume.Type.BLOCK, size, size);
  }
}
