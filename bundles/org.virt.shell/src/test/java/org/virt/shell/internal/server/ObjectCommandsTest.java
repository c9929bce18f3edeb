package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.Autostart;
import org.virt.api.ObjectEvent;
import org.virt.api.domain.Affects;
import org.virt.api.host.Secret;
import org.virt.api.host.SecretEvent;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.shell.internal.command.CommandTable;

/** What commands about networks, pools and volumes ask for and print, against virsh's words. */
class ObjectCommandsTest extends CommandFixture {
  private static final UUID ID = UUID.fromString("12345678-1234-1234-1234-123456789abc");

  private final List<String> asked = new ArrayList<>();

  @BeforeEach
  void objects() {
    services.connect.facets.putAll(
        Map.of(
            Networks.class, new OneNetwork(),
            StoragePools.class, new OnePool(),
            StorageVolumes.class, new OneVolume()));
    peer.files.put("x.xml", "<x/>");
  }

  private String told(String... words) {
    return output(words).strip();
  }

  /** The network n. */
  private final class OneNetwork implements Networks {
    @Override
    public List<VirtualNetwork> networks() {
      return List.of(
          new VirtualNetwork(
              "n",
              ID,
              VirtualNetwork.State.ACTIVE,
              VirtualNetwork.Persistence.PERSISTENT,
              Optional.empty()));
    }

    @Override
    public String networkXml(String name) {
      return "<network/>";
    }

    @Override
    public String defineNetwork(String xml) {
      asked.add("define " + xml);
      return "n";
    }

    @Override
    public void updateNetwork(String name, NetworkUpdate update, Affects affects) {
      asked.add(
          "%s %s %s of %s in %s, %s"
              .formatted(
                  update.command(),
                  update.section(),
                  update.xml(),
                  name,
                  update.parent().orElse(-1),
                  affects));
    }

    @Override
    public void destroyNetwork(String name) {
      asked.add("destroy " + name);
    }

    @Override
    public void autostartNetwork(String name, Autostart autostart) {
      asked.add("autostart " + name + " " + autostart);
    }
  }

  /** The pool p. */
  private final class OnePool implements StoragePools {
    @Override
    public List<StoragePool> storagePools() {
      return List.of(
          new StoragePool(
              "p", ID, StoragePool.State.RUNNING, StoragePool.Persistence.TRANSIENT, 3, 2, 1));
    }

    @Override
    public String storagePoolXml(String name) {
      return "<pool/>";
    }

    @Override
    public String createStoragePool(String xml) {
      asked.add("create " + xml);
      return "p";
    }

    @Override
    public void undefineStoragePool(String name) {
      asked.add("undefine " + name);
    }

    @Override
    public String findStoragePoolSources(String type, Optional<String> source) {
      return type + " " + source.orElse("") + "\n";
    }
  }

  /** The volume v. */
  private final class OneVolume implements StorageVolumes {
    @Override
    public List<StorageVolume> storageVolumes(String pool) {
      return List.of(new StorageVolume(pool, "v", "key", "/p/v", StorageVolume.Type.FILE, 1, 1));
    }

    @Override
    public String storageVolumeXml(String pool, String name) {
      return "<volume/>";
    }

    @Override
    public String createStorageVolume(String pool, String xml) {
      asked.add("create " + pool + " " + xml);
      return "v";
    }
  }

  @Test
  void changesNetworks() {
    assertEquals("Network n defined from x.xml", told("net-define", "x.xml"));
    assertEquals("Network n destroyed", told("net-destroy", ID.toString()));
    assertEquals("Network n marked as autostarted", told("net-autostart", "n"));
    assertEquals("Network n unmarked as autostarted", told("net-autostart", "n", "--disable"));
    assertEquals("n", told("net-name", ID.toString()));
    assertEquals(ID.toString(), told("net-uuid", "n"));
    assertEquals(List.of("define <x/>", "destroy n", "autostart n ON", "autostart n OFF"), asked);
  }

  @Test
  void changesElementsOfNetworks() {
    assertEquals(
        "Updated network n live state", told("net-update", "n", "add", "dns-txt", "x.xml"));
    assertEquals(
        "Updated network n persistent config and live state",
        told(
            "net-update",
            "n",
            "delete",
            "ip-dhcp-host",
            "<host name='a'/>",
            "--parent-index",
            "1",
            "--live",
            "--config"));
    assertEquals(
        List.of(
            "ADD_LAST DNS_TXT <x/> of n in -1, CURRENT",
            "DELETE IP_DHCP_HOST <host name='a'/> of n in 1, LIVE_AND_CONFIG"),
        asked);
    assertEquals(
        "error: unrecognized word 'dns'\n", failure(2, "net-update", "n", "add", "dns", "x.xml"));
  }

  @Test
  void saysWhyNetworksStayAsTheyAre() {
    assertEquals(CommandTable.FAILED, run("net-start", "n"));
    String errors = peer.errors();
    assertTrue(errors.startsWith("error: Failed to start network n\n"), errors);
    assertEquals(CommandTable.FAILED, run("net-start", "none"));
    assertEquals(
        """
        error: failed to get network 'none'
        error: Network not found: no network with matching name 'none'
        """,
        peer.errors());
  }

  @Test
  void changesPools() {
    assertEquals("Pool p created from x.xml", told("pool-create", "x.xml"));
    assertEquals("Pool p has been undefined", told("pool-undefine", "p"));
    assertEquals(ID.toString(), told("pool-uuid", "p"));
    assertEquals("dir", told("find-storage-pool-sources", "dir"));
    assertEquals("dir <x/>", told("find-storage-pool-sources", "dir", "x.xml"));
    assertEquals(List.of("create <x/>", "undefine p"), asked);
  }

  @Test
  void describesPoolsByOptions() {
    assertEquals(
        """
        <pool type='dir'>
          <name>q</name>
          <target>
            <path>/q</path>
          </target>
        </pool>

        """,
        output("pool-define-as", "q", "dir", "--target", "/q", "--print-xml"));
    assertEquals(
        """
        <pool type='netfs'>
          <name>q</name>
          <source>
            <host name='h'/>
            <dir path='/p'/>
            <format type='nfs'/>
          </source>
          <target>
            <path>/q</path>
          </target>
        </pool>

        """,
        output(
            ("pool-create-as q netfs h /p --source-format nfs --target /q --print-xml")
                .split(" ")));
    assertEquals("Pool q created", told("pool-create-as", "q", "dir", "--target", "/q"));
    assertTrue(asked.get(0).startsWith("create <pool type='dir'>"), asked.toString());
    assertEquals(
        "netfs <source>\n  <host name='h'/>\n</source>",
        told("find-storage-pool-sources-as", "netfs", "h"));
  }

  @Test
  void waitsForEventsOfObjects() {
    services.connect.news.add(
        listener -> {
          listener.event(event(ObjectEvent.Type.NETWORK, ObjectEvent.Kind.STARTED));
          listener.event(event(ObjectEvent.Type.STORAGE_POOL, ObjectEvent.Kind.CREATED));
          listener.event(event(ObjectEvent.Type.STORAGE_POOL, ObjectEvent.Kind.REFRESHED));
          listener.event(secret(SecretEvent.Kind.DEFINED));
          listener.event(secret(SecretEvent.Kind.VALUE_CHANGED));
        });
    assertEquals(
        "event 'lifecycle' for network n: Started\nevents received: 1",
        told("net-event", "--event", "lifecycle", "--network", ID.toString()));
    assertEquals(
        "event 'lifecycle' for storage pool n: Created\nevents received: 1",
        told("pool-event", "--event", "lifecycle"));
    assertEquals(
        "event 'refresh' for storage pool n\nevents received: 1",
        told("pool-event", "--event", "refresh", "--pool", "n"));
    assertEquals(
        "event 'lifecycle' for secret " + ID + ": Defined\nevents received: 1",
        told("secret-event", "--event", "lifecycle"));
    assertEquals(
        "event 'value-changed' for secret " + ID + "\nevents received: 1",
        told("secret-event", "--event", "value-changed"));
    assertEquals("lifecycle\nvalue-changed", told("secret-event", "--list"));
    assertEquals(1, run("net-event", "--event", "lifecycle", "--network", "m", "--timeout", "1"));
    assertEquals("event loop timed out\nevents received: 0\n", peer.printed());
    assertEquals("error: either --list or --event <type> is required\n", failure(2, "net-event"));
  }

  private static ObjectEvent event(ObjectEvent.Type type, ObjectEvent.Kind kind) {
    return new ObjectEvent(type, ID, "n", kind);
  }

  private static SecretEvent secret(SecretEvent.Kind kind) {
    return new SecretEvent(ID, Secret.Usage.VOLUME, "/v", kind);
  }

  @Test
  void findsVolumesByKeyPathOrName() {
    assertEquals("Vol v created from x.xml", told("vol-create", "p", "x.xml"));
    assertEquals("v", told("vol-name", "/p/v"));
    assertEquals("p", told("vol-pool", "key"));
    assertEquals("key", told("vol-key", "v", "p"));
    assertEquals(List.of("create p <x/>"), asked);
  }
}
