package org.virt.driver.esx.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.format.vmx.DatastorePath;
import org.virt.format.vmx.VmxConfig;
import org.virt.format.vmx.VmxReader;
import org.virt.format.vmx.VmxText;
import org.virt.format.vmx.VmxWriter;

/** Domain XML of machines, made of their VMX files, and machines made of domain XML. */
final class Definitions {
  private static final String FILE = "config.files.vmPathName";

  private final Vim vim;
  private final EsxUri uri;
  private final Inventory place;
  private final Machines machines;
  private final Tasks tasks;
  private final DatastoreFiles files;

  Definitions(Vim vim, EsxUri uri, Inventory place, Machines machines, Tasks tasks) {
    this.vim = vim;
    this.uri = uri;
    this.place = place;
    this.machines = machines;
    this.tasks = tasks;
    this.files = new DatastoreFiles(vim, place);
  }

  String xml(DomainId id, XmlView view) throws VirtException {
    String action = "get XML of domain " + id;
    Found found = machines.get(action, id, Machines.STATE, FILE, Machines.NAME, Machines.UUID_PATH);
    DatastorePath file = DatastorePath.parse(found.text(FILE));
    boolean vcenter = uri.scheme().equals("vpx");
    EsxSite site =
        new EsxSite(
            file,
            mounts(action),
            vcenter ? Optional.of(place.datacenterPath()) : Optional.empty(),
            Optional.of(found.ref().value()));
    VmxConfig vmx = VmxConfig.parse(files.read(action, file));
    if (vmx.isEmpty()) {
      // The host made it by API and has not written it yet.
      vmx = ConfigVmx.of(Query.one(vim, action, found.ref(), "config").node("config"));
    }
    // Domain XML tells secrets to nobody.
    String xml = VmxReader.read(vmx.remove("RemoteDisplay.vnc.password"), site);
    DomainSummary summary = machines.summary(id);
    if (view == XmlView.INACTIVE || summary.number().isEmpty()) {
      return xml;
    }
    return xml.replaceFirst(
        "<domain type='vmware'", "<domain type='vmware' id='" + summary.number().getAsInt() + "'");
  }

  /** Asks where datastores are mounted: VMX files name them so. */
  private Map<String, String> mounts(String action) throws VirtException {
    Map<String, String> mounts = new HashMap<>();
    Query query =
        new Query()
            .properties("Datastore", "summary.name", "summary.url")
            .from(place.host())
            .via("HostSystem", "datastore");
    for (Found datastore : query.ask(vim, action)) {
      String url = datastore.text("summary.url").replaceFirst("/+$", "");
      mounts.put(
          url.substring(url.lastIndexOf('/') + 1),
          VmxText.unescapeName(datastore.text("summary.name")));
    }
    return mounts;
  }

  DomainId define(String xml) throws VirtException {
    XmlElement domain = SafeXml.tree("domain XML", xml);
    String name = domain.child("name").map(n -> n.text().strip()).orElse("");
    String action = "define domain " + name;
    DatastorePath disk = firstDisk(action, domain);
    DatastorePath file = disk.sibling(VmxText.escapeName(name) + ".vmx");
    EsxSite site = new EsxSite(file, Map.of(), Optional.empty(), Optional.empty());
    String vmx = VmxWriter.write(xml, new VersionedSite(site, hardware(action)));
    refuseDuplicate(action, name, domain);
    boolean there = files.exists(action, file);
    files.write(action, file, vmx);
    Body body =
        new Body()
            .text("path", file)
            .text("name", VmxText.escapeName(name))
            .text("asTemplate", false)
            .ref("pool", place.pool())
            .ref("host", place.host());
    Node made;
    try {
      made = tasks.run(action, "RegisterVM_Task", place.machineFolder(), body);
    } catch (VirtException e) {
      if (!there) {
        remove(action, file, e);
      }
      throw e;
    }
    return Machines.id(Query.one(vim, action, made.ref(), Machines.UUID_PATH));
  }

  /** Takes back a file that nobody registered; a failure is told with the reason for it. */
  private void remove(String action, DatastorePath file, VirtException reason) {
    try {
      Body body = new Body().text("name", file).ref("datacenter", place.datacenter());
      Ref manager = vim.manager(action, "fileManager");
      tasks.run(action, "DeleteDatastoreFile_Task", manager, body);
    } catch (VirtException e) {
      reason.addSuppressed(e);
    }
  }

  private int hardware(String action) throws VirtException {
    String product =
        Query.one(vim, action, place.host(), "config.product")
            .node("config.product")
            .text("version");
    return HardwareVersion.of(uri.scheme(), product);
  }

  private void refuseDuplicate(String action, String name, XmlElement domain) throws VirtException {
    String uuid = domain.child("uuid").map(u -> u.text().strip()).orElse("");
    for (DomainSummary other : machines.list()) {
      if (other.name().equals(name) || other.id().toString().equalsIgnoreCase(uuid)) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "%s: domain '%s' already exists with uuid %s; an existing one is not edited"
                .formatted(action, other.name(), other.id()));
      }
    }
  }

  /** The file lies beside the first hard disk (libvirt's drvesx, "Datastore references"). */
  private static DatastorePath firstDisk(String action, XmlElement domain) throws VirtException {
    for (XmlElement devices : domain.children("devices")) {
      for (XmlElement disk : devices.children("disk")) {
        String device = disk.attribute("device");
        for (XmlElement source : disk.children("source")) {
          if ((device == null || device.equals("disk")) && source.attribute("file") != null) {
            return DatastorePath.parse(source.attribute("file"));
          }
        }
      }
    }
    throw new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED,
        action + ": no hard disk with a file says on which datastore it is to be");
  }

  void rename(DomainId id, String name) throws VirtException {
    String action = "rename domain " + id;
    Ref machine = machines.find(action, id);
    tasks.run(action, "Rename_Task", machine, new Body().text("newName", VmxText.escapeName(name)));
  }
}
