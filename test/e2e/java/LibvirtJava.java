import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainInfo.DomainState;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.Network;
import org.libvirt.StoragePool;
import org.libvirt.StorageVol;
import org.libvirt.event.LifecycleListener;

/**
 * The life of a machine through libvirt-java, and what there is beside machines. Prints a line per
 * observation, as the scripts of this folder do.
 */
public final class LibvirtJava {
  private static final String FORM =
      """
      <domain type='test'>
        <name>%s</name><uuid>%s</uuid><memory unit='MiB'>64</memory><vcpu>2</vcpu>
        <os><type>hvm</type></os>
      </domain>
      """;
  private static int failures;

  private LibvirtJava() {}

  interface Observation {
    boolean holds() throws LibvirtException, InterruptedException;
  }

  private static void check(String what, Observation observation) throws InterruptedException {
    try {
      if (observation.holds()) {
        System.out.println("ok libvirt-java: " + what);
        return;
      }
      System.out.println("not ok libvirt-java: " + what + " - it is otherwise");
    } catch (LibvirtException e) {
      System.out.println("not ok libvirt-java: " + what + " - " + e.getMessage());
    }
    failures++;
  }

  public static void main(String[] arguments) throws Exception {
    Library.initEventLoop();
    AtomicBoolean over = new AtomicBoolean();
    Thread loop =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  Library.processEvent();
                }
              } catch (LibvirtException e) {
                System.err.println(e);
              }
            });
    loop.setDaemon(true);
    loop.start();
    Connect connect = new Connect(arguments[0]);
    host(connect);
    life(connect);
    others(connect);
    check("close", () -> connect.close() >= 0);
    over.set(true);
    System.exit(failures == 0 ? 0 : 1);
  }

  private static void host(Connect connect) throws InterruptedException {
    check("type", () -> connect.getType().equals("TEST"));
    check("version of the library on the other side", () -> connect.getLibVersion() > 9_000_000 - 1);
    check("host", () -> connect.nodeInfo().cpus > 0 && !connect.getHostName().isEmpty());
    check("capabilities", () -> connect.getCapabilities().contains("<capabilities>"));
    check("numbers of machines", () -> connect.listDomains().length == connect.numOfDomains());
    check("the connection lives", connect::isAlive);
    check(
        "an error by its number",
        () -> {
          try {
            connect.domainLookupByName("nobody");
            return false;
          } catch (LibvirtException e) {
            return e.getError().getCode().name().equals("VIR_ERR_NO_DOMAIN");
          }
        });
  }

  private static void life(Connect connect) throws Exception {
    UUID uuid = UUID.randomUUID();
    List<String> events = new CopyOnWriteArrayList<>();
    LifecycleListener listener =
        (domain, event) -> {
          events.add(event.getType().name());
          return 0;
        };
    connect.addLifecycleListener(listener);
    Domain domain = connect.domainDefineXML(FORM.formatted("java", uuid));
    check("define", () -> Arrays.asList(connect.listDefinedDomains()).contains("java"));
    check("lookup by UUID", () -> connect.domainLookupByUUID(uuid).getName().equals("java"));
    check("start", () -> domain.create() == 0 && domain.isActive() == 1);
    check("lookup by number", () -> connect.domainLookupByID(domain.getID()).getName().equals("java"));
    check("state", () -> domain.getInfo().state == DomainState.VIR_DOMAIN_RUNNING);
    check("memory and CPUs", () -> domain.getMaxMemory() == 65536 && domain.getMaxVcpus() == 2);
    check("XML", () -> domain.getXMLDesc(0).contains(uuid.toString()));
    domain.suspend();
    check("suspend", () -> domain.getInfo().state == DomainState.VIR_DOMAIN_PAUSED);
    domain.resume();
    check("resume", () -> domain.getInfo().state == DomainState.VIR_DOMAIN_RUNNING);
    domain.setAutostart(true);
    check("autostart", domain::getAutostart);
    domain.snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>");
    check("snapshot", () -> Arrays.asList(domain.snapshotListNames()).contains("s"));
    domain.snapshotLookupByName("s").delete(0);
    domain.destroy();
    check("destroy", () -> domain.isActive() == 0);
    domain.undefine();
    check("undefine", () -> !Arrays.asList(connect.listDefinedDomains()).contains("java"));
    List<String> wanted =
        List.of("DEFINED", "STARTED", "SUSPENDED", "RESUMED", "STOPPED", "UNDEFINED");
    long end = System.nanoTime() + 20_000_000_000L;
    while (!in(events, wanted) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    check("events in their order: " + events, () -> in(events, wanted));
    connect.removeLifecycleListener(listener);
  }

  private static boolean in(List<String> events, List<String> wanted) {
    List<String> rest = new ArrayList<>(wanted);
    for (String event : events) {
      if (!rest.isEmpty() && rest.get(0).equals(event)) {
        rest.remove(0);
      }
    }
    return rest.isEmpty();
  }

  private static void others(Connect connect) throws Exception {
    Network network = connect.networkLookupByName("default");
    check("network", () -> network.isActive() == 1 && network.getXMLDesc(0).contains("<network"));
    check("networks", () -> Arrays.asList(connect.listNetworks()).contains("default"));
    check("filters", () -> Arrays.asList(connect.listNetworkFilters()).contains("clean-traffic"));
    StoragePool pool =
        connect.storagePoolCreateXML(
            "<pool type='dir'><name>java</name><target><path>/java</path></target></pool>", 0);
    check("pool", () -> Arrays.asList(connect.listStoragePools()).contains("java"));
    StorageVol volume =
        pool.storageVolCreateXML(
            "<volume><name>v</name><capacity unit='MiB'>8</capacity></volume>", 0);
    check("volume", () -> volume.getInfo().capacity == 8 << 20 && pool.numOfVolumes() == 1);
    check("volume by its path", () -> connect.storageVolLookupByPath(volume.getPath()).getName().equals("v"));
    volume.delete(0);
    pool.destroy();
    check("pool ends", () -> !Arrays.asList(connect.listStoragePools()).contains("java"));
    check("secrets, interfaces, devices", () ->
        connect.listSecrets() != null && connect.listInterfaces() != null && connect.listDevices(null) != null);
  }
}
