package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.format.vmx.VmxText;

/** Datastores as storage pools, and beside them what {@link IscsiTargets} has. */
final class Datastores implements StoragePools {
  private static final String DATASTORE = "Datastore";
  private static final String SUMMARY = "summary";
  private static final String INFO = "info";

  private final Vim vim;
  private final Inventory place;
  private final IscsiTargets targets;

  Datastores(Vim vim, Inventory place, IscsiTargets targets) {
    this.vim = vim;
    this.place = place;
    this.targets = targets;
  }

  @Override
  public List<StoragePool> storagePools() throws VirtException {
    List<StoragePool> pools = new ArrayList<>();
    for (Found found : ask("list storage pools of " + vim.host())) {
      if (found.ref().type().equals(DATASTORE)) {
        pools.add(pool(found));
      } else {
        IscsiTargets.of(found.node(IscsiTargets.ADAPTERS))
            .forEach(target -> pools.add(IscsiTargets.pool(target)));
      }
    }
    return pools;
  }

  private List<Found> ask(String action) throws VirtException {
    return new Query()
        .properties(DATASTORE, SUMMARY, INFO, "browser")
        .properties("HostSystem", IscsiTargets.ADAPTERS)
        .from(place.host())
        .via("HostSystem", "datastore")
        .ask(vim, action);
  }

  private static StoragePool pool(Found found) {
    Node summary = found.node(SUMMARY);
    boolean accessible = summary.isTrue("accessible");
    long capacity = accessible ? summary.number("capacity", 0) : 0;
    long free = accessible ? summary.number("freeSpace", 0) : 0;
    return new StoragePool(
        name(found),
        Digests.uuid(summary.text("url")),
        accessible ? StoragePool.State.RUNNING : StoragePool.State.INACTIVE,
        StoragePool.Persistence.AUTOSTART,
        capacity,
        Math.max(0, capacity - free),
        free);
  }

  private static String name(Found found) {
    return VmxText.unescapeName(found.node(SUMMARY).text("name"));
  }

  /** Finds a datastore. */
  Found find(String action, String name) throws VirtException {
    for (Found found : ask(action)) {
      if (found.ref().type().equals(DATASTORE) && name(found).equals(name)) {
        return found;
      }
    }
    if (targets.find(action, name).isPresent()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          action + ": what is on a target of iSCSI is changed on the target");
    }
    throw new VirtException(
        ErrorCode.NO_STORAGE_POOL,
        "%s: Storage pool not found: no storage pool with matching name '%s'"
            .formatted(action, name));
  }

  /** Returns what looks through a datastore's files. */
  static Ref browser(Found datastore) {
    return datastore.node("browser").ref();
  }

  @Override
  public String storagePoolXml(String name) throws VirtException {
    String action = "get XML of storage pool " + name;
    Optional<Node> target = targets.find(action, name);
    if (target.isPresent()) {
      return IscsiTargets.xml(target.get());
    }
    Found found = find(action, name);
    StoragePool pool = pool(found);
    Node info = found.node(INFO);
    Node nas = info.at("nas");
    String type =
        switch (info.xsiType()) {
          case "NasDatastoreInfo" -> "netfs";
          case "VmfsDatastoreInfo" -> "vmfs";
          default -> "dir";
        };
    XmlWriter out = new XmlWriter().open("pool").attribute("type", type);
    out.element("name", pool.name()).element("uuid", pool.uuid());
    size(out, "capacity", pool.capacity());
    size(out, "allocation", pool.allocation());
    size(out, "available", pool.available());
    out.open("source");
    if (type.equals("netfs")) {
      out.open("host").attribute("name", nas.text("remoteHost")).close();
      out.open("dir").attribute("path", nas.text("remotePath")).close();
    } else if (type.equals("vmfs")) {
      out.element("name", info.text("vmfs.name"));
    }
    out.close();
    out.open("target").element("path", found.node(SUMMARY).text("url")).close();
    return out.close().toString();
  }

  static void size(XmlWriter out, String element, long bytes) {
    out.open(element).attribute("unit", "bytes").text(bytes).close();
  }

  @Override
  public void refreshStoragePool(String name) throws VirtException {
    String action = "refresh storage pool " + name;
    vim.ask(action, "RefreshDatastore", find(action, name).ref(), new Body());
  }
}
