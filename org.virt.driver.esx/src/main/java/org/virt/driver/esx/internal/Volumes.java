package org.virt.driver.esx.internal;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.format.vmx.DatastorePath;

/** Disks and images on datastores as volumes: their name is the path within the datastore. */
final class Volumes implements StorageVolumes {
  private static final String DISK = ".vmdk";
  private static final List<String> QUERIES =
      List.of("VmDiskFileQuery", "IsoImageFileQuery", "FloppyImageFileQuery");
  private static final Map<String, String> FORMATS =
      Map.of("vmdk", "vmdk", "iso", "iso", "flp", "raw");

  private final Vim vim;
  private final Inventory place;
  private final IscsiTargets targets;
  private final Datastores datastores;
  private final Tasks tasks;
  private final DatastoreFiles files;

  /** Takes what finds pools of either kind. */
  Volumes(Vim vim, Inventory place, Tasks tasks, IscsiTargets targets) {
    this.vim = vim;
    this.place = place;
    this.targets = targets;
    this.datastores = new Datastores(vim, place, targets);
    this.tasks = tasks;
    this.files = new DatastoreFiles(vim, place);
  }

  @Override
  public List<StorageVolume> storageVolumes(String pool) throws VirtException {
    String action = "list volumes of storage pool " + pool;
    if (targets.find(action, pool).isPresent()) {
      return targets.volumes(action, pool);
    }
    Found datastore = datastores.find(action, pool);
    Body body = new Body().text("datastorePath", new DatastorePath(pool, ""));
    body.open("searchSpec");
    QUERIES.forEach(query -> query(body, query));
    body.open("details").text("fileType", true).text("fileSize", true);
    body.text("modification", false).text("fileOwner", false).close("details");
    body.text("matchPattern", "*").close("searchSpec");
    Ref browser = Datastores.browser(datastore);
    Node result = tasks.run(action, "SearchDatastoreSubFolders_Task", browser, body);
    List<StorageVolume> volumes = new ArrayList<>();
    for (Node folder : result.children()) {
      DatastorePath path = DatastorePath.parse(folder.text("folderPath"));
      String prefix = path.path().replaceAll("^/+|/+$", "");
      for (Node file : folder.all("file")) {
        String name = (prefix.isEmpty() ? "" : prefix + '/') + file.text("path");
        volumes.add(volume(pool, name, file));
      }
    }
    return volumes;
  }

  private static void query(Body body, String type) {
    body.open("query", type);
    if (type.equals("VmDiskFileQuery")) {
      body.open("details").text("diskType", true).text("capacityKb", true);
      body.text("hardwareVersion", false).text("controllerType", true);
      body.text("diskExtents", false).close("details");
    }
    body.close("query");
  }

  private static StorageVolume volume(String pool, String name, Node file) {
    long size = file.number("fileSize", 0);
    long kib = file.number("capacityKb", -1);
    String path = new DatastorePath(pool, name).toString();
    return new StorageVolume(
        pool, name, path, path, StorageVolume.Type.FILE, kib < 0 ? size : kib << 10, size);
  }

  @Override
  public String storageVolumeXml(String pool, String name) throws VirtException {
    StorageVolume volume = storageVolume(pool, name);
    boolean file = volume.type() == StorageVolume.Type.FILE;
    XmlWriter out = new XmlWriter().open("volume").attribute("type", file ? "file" : "block");
    out.element("name", volume.name()).element("key", volume.key());
    out.open("source").close();
    Datastores.size(out, "capacity", volume.capacity());
    Datastores.size(out, "allocation", volume.allocation());
    String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    out.open("target").element("path", volume.path());
    out.open("format").attribute("type", FORMATS.getOrDefault(suffix, "raw")).close().close();
    return out.close().toString();
  }

  /** Checks the name of a volume to make, and makes its folder. */
  private DatastorePath prepare(String action, String pool, String name) throws VirtException {
    boolean disk = name.toLowerCase(Locale.ROOT).endsWith(DISK);
    if (!disk || name.indexOf('/') < 1 || name.contains("..") || name.endsWith("/" + DISK)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "%s: '%s' is not of the form folder/name.vmdk".formatted(action, name));
    }
    datastores.find(action, pool);
    DatastorePath path = new DatastorePath(pool, name);
    Body body =
        new Body()
            .text("name", new DatastorePath(pool, path.folder()))
            .ref("datacenter", place.datacenter())
            .text("createParentDirectories", true);
    try {
      vim.ask(action, "MakeDirectory", vim.manager(action, "fileManager"), body);
    } catch (VirtException e) {
      boolean there = String.valueOf(e.getMessage()).contains("FileAlreadyExists");
      if (!there) {
        throw e;
      }
    }
    return path;
  }

  /** Returns a volume that may be changed here. */
  private StorageVolume own(String action, String pool, String name) throws VirtException {
    StorageVolume volume = storageVolume(pool, name);
    if (volume.type() != StorageVolume.Type.FILE) {
      datastores.find(action, pool);
    }
    return volume;
  }

  private static String name(String action, XmlElement volume) throws VirtException {
    return volume
        .child("name")
        .map(name -> name.text().strip())
        .filter(name -> !name.isEmpty())
        .orElseThrow(
            () -> new VirtException(ErrorCode.XML_ERROR, action + ": /volume/name is missing"));
  }

  @Override
  public String createStorageVolume(String pool, String xml) throws VirtException {
    String action = "create volume in storage pool " + pool;
    XmlElement volume = SafeXml.tree("volume XML", xml);
    String name = name(action, volume);
    long capacity = ByteAmounts.read(action, volume, "capacity");
    boolean whole =
        volume.children("allocation").isEmpty()
            || ByteAmounts.read(action, volume, "allocation") >= capacity;
    if (!whole && ByteAmounts.read(action, volume, "allocation") != 0) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          action + ": a disk takes its whole capacity (thick) or nothing at first (thin)");
    }
    DatastorePath path = prepare(action, pool, name);
    Body body = disk(path).open("spec", "FileBackedVirtualDiskSpec");
    body.text("diskType", whole ? "preallocated" : "thin").text("adapterType", "busLogic");
    body.text("capacityKb", (capacity + 1023) / 1024).close("spec");
    run(action, "CreateVirtualDisk_Task", body);
    return name;
  }

  private Body disk(DatastorePath path) {
    return new Body().text("name", path).ref("datacenter", place.datacenter());
  }

  private void run(String action, String method, Body body) throws VirtException {
    tasks.run(action, method, vim.manager(action, "virtualDiskManager"), body);
  }

  @Override
  public String cloneStorageVolume(String pool, String xml, String source) throws VirtException {
    String action = "clone volume " + source + " of storage pool " + pool;
    String name = name(action, SafeXml.tree("volume XML", xml));
    StorageVolume from = own(action, pool, source);
    DatastorePath to = prepare(action, pool, name);
    Body body =
        new Body()
            .text("sourceName", from.path())
            .ref("sourceDatacenter", place.datacenter())
            .text("destName", to)
            .ref("destDatacenter", place.datacenter())
            .text("force", false);
    run(action, "CopyVirtualDisk_Task", body);
    return name;
  }

  @Override
  public void deleteStorageVolume(String pool, String name) throws VirtException {
    String action = "delete volume " + name + " of storage pool " + pool;
    StorageVolume volume = own(action, pool, name);
    Body body = disk(DatastorePath.parse(volume.path()));
    if (name.toLowerCase(Locale.ROOT).endsWith(DISK)) {
      run(action, "DeleteVirtualDisk_Task", body);
    } else {
      Ref manager = vim.manager(action, "fileManager");
      tasks.run(action, "DeleteDatastoreFile_Task", manager, body);
    }
  }

  @Override
  public void wipeStorageVolume(String pool, String name) throws VirtException {
    String action = "wipe volume " + name + " of storage pool " + pool;
    StorageVolume volume = own(action, pool, name);
    run(action, "ZeroFillVirtualDisk_Task", disk(DatastorePath.parse(volume.path())));
  }

  @Override
  public void resizeStorageVolume(String pool, String name, long capacity) throws VirtException {
    String action = "resize volume " + name + " of storage pool " + pool;
    StorageVolume volume = own(action, pool, name);
    if (capacity < volume.capacity()) {
      throw new VirtException(ErrorCode.OPERATION_UNSUPPORTED, action + ": a disk only grows");
    }
    Body body = disk(DatastorePath.parse(volume.path()));
    run(action, "ExtendVirtualDisk_Task", body.text("newCapacityKb", (capacity + 1023) / 1024));
  }

  @Override
  public long downloadStorageVolume(String pool, String name, OutputStream to)
      throws VirtException {
    String action = "download volume " + name + " of storage pool " + pool;
    return files.copy(action, new DatastorePath(pool, name), to);
  }

  @Override
  public void uploadStorageVolume(String pool, String name, InputStream from, long length)
      throws VirtException {
    String action = "upload volume " + name + " of storage pool " + pool;
    files.write(action, new DatastorePath(pool, name), from, length);
  }
}
