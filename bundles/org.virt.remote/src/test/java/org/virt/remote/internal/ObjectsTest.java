package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent;
import org.virt.api.domain.Affects;
import org.virt.api.host.Secret;
import org.virt.api.host.SecretEvent;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.network.VirtualNetwork.Persistence;
import org.virt.api.network.VirtualNetwork.State;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.rpc.Packet;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Networks and pools over the wire. */
@Timeout(60)
class ObjectsTest extends ServedTest {
  private static final UUID ID = UUID.fromString("12345678-1234-1234-1234-123456789abc");
  private static final StructType NETWORK = Protocol.libvirt().struct("remote_nonnull_network");
  private static final StructType POOL = Protocol.libvirt().struct("remote_nonnull_storage_pool");
  private static final XdrStruct NET = NETWORK.of("n", ID);

  private final List<String> done = new CopyOnWriteArrayList<>();

  @BeforeEach
  void fill() {
    fixture.hypervisor.facets.putAll(
        Map.of(Networks.class, new OneNetwork(), StoragePools.class, new OnePool()));
  }

  /** The network n. */
  private final class OneNetwork implements Networks {
    @Override
    public List<VirtualNetwork> networks() {
      return List.of(
          new VirtualNetwork("n", ID, State.ACTIVE, Persistence.PERSISTENT, Optional.empty()));
    }

    @Override
    public void updateNetwork(String name, NetworkUpdate update, Affects affects) {
      done.add(
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
    public String networkXml(String name) {
      return "<network/>";
    }

    @Override
    public String defineNetwork(String xml) {
      done.add("define " + xml);
      return "n";
    }

    @Override
    public void destroyNetwork(String name) {
      done.add("destroy " + name);
    }

    @Override
    public void autostartNetwork(String name, Autostart autostart) {
      done.add("autostart " + name + " " + autostart);
    }
  }

  /** The pool p. */
  private final class OnePool implements StoragePools {
    @Override
    public List<StoragePool> storagePools() {
      return List.of(
          new StoragePool(
              "p", ID, StoragePool.State.INACTIVE, StoragePool.Persistence.TRANSIENT, 3, 2, 1));
    }

    @Override
    public String storagePoolXml(String name) {
      return "<pool type='dir'/>";
    }

    @Override
    public void buildStoragePool(String name) {
      done.add("build " + name);
    }

    @Override
    public void startStoragePool(String name) {
      done.add("start " + name);
    }

    @Override
    public String findStoragePoolSources(String type, Optional<String> source) {
      return type + source;
    }
  }

  @Test
  void changesNetworks() throws IOException {
    assertEquals("n", client.call("network_define_xml", "<x/>").struct("net").text("name"));
    client.call("network_define_xml_flags", "<y/>", 1);
    client.call("network_destroy", NET);
    client.call("network_set_autostart", NET, 1);
    assertEquals(
        List.of("define <x/>", "define <y/>", "destroy n", "autostart n ON"), List.copyOf(done));
    assertEquals(ErrorCode.NO_SUPPORT.number(), client.fails("network_create_xml", "<x/>").code());
    assertEquals(
        ErrorCode.INVALID_ARG.number(), client.fails("network_define_xml_flags", "<y/>", 2).code());
  }

  @Test
  void changesElementsOfNetworks() throws IOException {
    client.call("network_update", NET, 3, 11, -1, "<txt/>", 0);
    client.call("network_update", NET, 2, 4, 1, "<host/>", 3);
    assertEquals(
        List.of(
            "ADD_LAST DNS_TXT <txt/> of n in -1, CURRENT",
            "DELETE IP_DHCP_HOST <host/> of n in 1, LIVE_AND_CONFIG"),
        List.copyOf(done));
    for (int[] wrong : new int[][] {{0, 4, 0}, {5, 4, 0}, {1, 13, 0}, {1, 4, 4}}) {
      RpcError refused =
          client.fails("network_update", NET, wrong[0], wrong[1], -1, "<host/>", wrong[2]);
      assertEquals(ErrorCode.INVALID_ARG.number(), refused.code());
    }
  }

  @Test
  void knowsObjectsByNameAndUuidTogether() throws IOException {
    XdrStruct lie = NETWORK.of("other", ID);
    assertEquals(ErrorCode.NO_NETWORK.number(), client.fails("network_destroy", lie).code());
    XdrStruct wrong = POOL.of("other", ID);
    assertEquals(
        ErrorCode.NO_STORAGE_POOL.number(), client.fails("storage_pool_build", wrong, 0).code());
    assertTrue(done.isEmpty(), done::toString);
  }

  @Test
  void changesPools() throws IOException {
    XdrStruct pool = POOL.of("p", ID);
    client.call("storage_pool_create", pool, 0);
    client.call("storage_pool_build", pool, 0);
    assertEquals(List.of("start p", "build p"), List.copyOf(done));
    assertEquals(
        "dirOptional[<s/>]",
        client.call("connect_find_storage_pool_sources", "dir", "<s/>", 0).text("xml"));
    assertEquals(ErrorCode.NO_SUPPORT.number(), client.fails("storage_pool_undefine", pool).code());
  }

  @Test
  void tellsWhatHappensToObjects() throws IOException {
    client.call("connect_network_event_register_any", 0, NETWORK.of("m", new UUID(1, 1)));
    int number = client.call("connect_network_event_register_any", 0, null).integer("callbackID");
    client.call("connect_storage_pool_event_register_any", 0, null);
    int refresh =
        client.call("connect_storage_pool_event_register_any", 1, null).integer("callbackID");
    assertEquals(
        ErrorCode.INVALID_ARG.number(),
        client.fails("connect_network_event_register_any", 1, null).code());
    tell(ObjectEvent.Type.NETWORK, ObjectEvent.Kind.STOPPED);
    XdrStruct stopped = event("network_event_lifecycle");
    assertEquals(number, stopped.integer("callbackID"));
    assertEquals(ID, stopped.struct("net").uuid("uuid"));
    assertEquals(3, stopped.integer("event"));
    tell(ObjectEvent.Type.STORAGE_POOL, ObjectEvent.Kind.REFRESHED);
    assertEquals(refresh, event("storage_pool_event_refresh").integer("callbackID"));
    tell(ObjectEvent.Type.STORAGE_POOL, ObjectEvent.Kind.DELETED);
    assertEquals(5, event("storage_pool_event_lifecycle").integer("event"));
    client.call("connect_network_event_deregister_any", number);
    assertEquals(
        ErrorCode.INVALID_ARG.number(),
        client.fails("connect_network_event_deregister_any", number).code());
  }

  @Test
  void tellsWhatHappensToSecrets() throws IOException {
    StructType secret = Protocol.libvirt().struct("remote_nonnull_secret");
    XdrStruct mine = secret.of(ID, 2, "admin");
    XdrStruct other = secret.of(new UUID(1, 1), 2, "admin");
    client.call("connect_secret_event_register_any", 0, other);
    int number = client.call("connect_secret_event_register_any", 0, mine).integer("callbackID");
    int value = client.call("connect_secret_event_register_any", 1, null).integer("callbackID");
    assertEquals(
        ErrorCode.INVALID_ARG.number(),
        client.fails("connect_secret_event_register_any", 2, null).code());
    tell(SecretEvent.Kind.UNDEFINED);
    XdrStruct undefined = event("secret_event_lifecycle");
    assertEquals(number, undefined.integer("callbackID"));
    assertEquals(mine, undefined.struct("secret"));
    assertEquals(1, undefined.integer("event"));
    tell(SecretEvent.Kind.VALUE_CHANGED);
    XdrStruct changed = event("secret_event_value_changed");
    assertEquals(value, changed.integer("callbackID"));
    assertEquals(mine, changed.struct("secret"));
    client.call("connect_secret_event_deregister_any", number);
    assertEquals(
        ErrorCode.INVALID_ARG.number(),
        client.fails("connect_secret_event_deregister_any", number).code());
  }

  private void tell(SecretEvent.Kind kind) {
    SecretEvent event = new SecretEvent(ID, Secret.Usage.CEPH, "admin", kind);
    fixture.hypervisor.listeners.forEach(listener -> listener.event(event));
  }

  private void tell(ObjectEvent.Type type, ObjectEvent.Kind kind) {
    fixture.hypervisor.listeners.forEach(
        listener -> listener.event(new ObjectEvent(type, ID, "n", kind)));
  }

  private XdrStruct event(String name) throws IOException {
    Packet packet = client.receive();
    var procedure = Protocol.libvirt().procedure(Program.REMOTE, name);
    assertEquals(procedure.number(), packet.header().procedure());
    return packet.read(procedure.event().orElseThrow());
  }
}
