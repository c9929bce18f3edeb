package org.virt.driver.test.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent;
import org.virt.api.VirtException;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.network.VirtualNetwork.Persistence;
import org.virt.api.network.VirtualNetwork.State;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;

/** Compared with {@code virsh -c test:///default} of libvirt 9.0.0. */
class TestObjectsTest {
  private static final String ID = "12345678-1234-1234-1234-123456789abc";
  private static final String OTHER = "22345678-1234-1234-1234-123456789abc";

  private final TestDriver driver = new TestDriver();
  private TestConnection connection;
  private Networks networks;
  private StoragePools pools;
  private StorageVolumes volumes;

  @BeforeEach
  void open() throws VirtException {
    connection = (TestConnection) driver.open(URI.create("test:///default"));
    networks = connection.facet(Networks.class).orElseThrow();
    pools = connection.facet(StoragePools.class).orElseThrow();
    volumes = connection.facet(StorageVolumes.class).orElseThrow();
  }

  @AfterEach
  void close() {
    connection.close();
    driver.deactivate();
  }

  private static String fails(ErrorCode code, org.junit.jupiter.api.function.Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  private static String network(String name, String uuid) {
    return "<network><name>%s</name><uuid>%s</uuid></network>".formatted(name, uuid);
  }

  private static String pool(String name, String uuid) {
    return "<pool type='dir'><name>%s</name><uuid>%s</uuid><target><path>/%s/</path></target></pool>"
        .formatted(name, uuid, name);
  }

  private static String volume(String name, String size) {
    return "<volume><name>%s</name>%s</volume>".formatted(name, size);
  }

  @Test
  void hasTheDefaultNetwork() throws VirtException {
    VirtualNetwork network = networks.network("default");
    assertEquals(State.ACTIVE, network.state());
    assertEquals(Persistence.PERSISTENT, network.persistence());
    assertEquals(Optional.of("virbr0"), network.bridge());
    assertTrue(
        networks.networkXml("default").contains("<bridge name='virbr0' stp='on' delay='0'/>"));
  }

  @Test
  void completesAndOrdersNetworks() throws VirtException {
    networks.defineNetwork(
        "<network><ip address='10.0.0.1'/><forward/><name>n</name><uuid>%s</uuid></network>"
            .formatted(ID));
    assertEquals(
        """
        <network>
          <name>n</name>
          <uuid>%s</uuid>
          <forward mode='nat'/>
          <bridge stp='on' delay='0'/>
          <ip address='10.0.0.1'/>
        </network>
        """
            .formatted(ID),
        networks.networkXml("n"));
    fails(ErrorCode.NO_NAME, () -> networks.defineNetwork("<network/>"));
    fails(ErrorCode.XML_ERROR, () -> networks.defineNetwork("<net><name>x</name></net>"));
    String nat = "<network><name>x</name><forward/></network>";
    fails(ErrorCode.XML_ERROR, () -> networks.defineNetwork(nat));
    String unknown = nat.replace("<forward/>", "<forward mode='x'/>");
    fails(ErrorCode.CONFIG_UNSUPPORTED, () -> networks.defineNetwork(unknown));
  }

  @Test
  void keepsNetworksApart() throws VirtException {
    networks.defineNetwork(network("n", ID));
    fails(ErrorCode.OPERATION_FAILED, () -> networks.defineNetwork(network("n", OTHER)));
    fails(ErrorCode.OPERATION_FAILED, () -> networks.createNetwork(network("m", ID)));
    assertEquals("n", networks.defineNetwork(network("n", ID)));
    assertEquals("n", networks.createNetwork(network("n", ID)));
    fails(ErrorCode.OPERATION_INVALID, () -> networks.createNetwork(network("n", ID)));
  }

  @Test
  void allowsWhatTheStateOfANetworkAllows() throws VirtException {
    fails(ErrorCode.OPERATION_INVALID, () -> networks.startNetwork("default"));
    fails(ErrorCode.OPERATION_INVALID, () -> networks.undefineNetwork("default"));
    networks.destroyNetwork("default");
    fails(ErrorCode.OPERATION_INVALID, () -> networks.destroyNetwork("default"));
    networks.startNetwork("default");
    networks.autostartNetwork("default", Autostart.ON);
    assertEquals(Persistence.AUTOSTART, networks.network("default").persistence());
    networks.destroyNetwork("default");
    networks.undefineNetwork("default");
    fails(ErrorCode.NO_NETWORK, () -> networks.network("default"));
    assertEquals(List.of(), networks.networks());
  }

  @Test
  void forgetsATransientNetworkWhenItEnds() throws VirtException {
    networks.createNetwork(network("n", ID));
    assertEquals(Persistence.TRANSIENT, networks.network("n").persistence());
    fails(ErrorCode.OPERATION_INVALID, () -> networks.autostartNetwork("n", Autostart.ON));
    networks.destroyNetwork("n");
    fails(ErrorCode.NO_NETWORK, () -> networks.networkXml("n"));
    networks.createNetwork(network("n", ID));
    networks.defineNetwork(network("n", ID));
    networks.destroyNetwork("n");
    assertEquals(State.INACTIVE, networks.network("n").state());
  }

  @Test
  void hasTheDefaultPool() throws VirtException {
    assertEquals(
        """
        <pool type='dir'>
          <name>default-pool</name>
          <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>
          <capacity unit='bytes'>107374182400</capacity>
          <allocation unit='bytes'>0</allocation>
          <available unit='bytes'>107374182400</available>
          <source>
          </source>
          <target>
            <path>/default-pool</path>
          </target>
        </pool>
        """,
        pools.storagePoolXml("default-pool"));
    assertEquals(StoragePool.State.RUNNING, pools.storagePool("default-pool").state());
  }

  @Test
  void allowsWhatTheStateOfAPoolAllows() throws VirtException {
    String name = "default-pool";
    fails(ErrorCode.OPERATION_INVALID, () -> pools.startStoragePool(name));
    fails(ErrorCode.OPERATION_INVALID, () -> pools.buildStoragePool(name));
    fails(ErrorCode.OPERATION_INVALID, () -> pools.deleteStoragePool(name));
    fails(ErrorCode.OPERATION_INVALID, () -> pools.undefineStoragePool(name));
    pools.refreshStoragePool(name);
    pools.destroyStoragePool(name);
    fails(ErrorCode.OPERATION_INVALID, () -> pools.destroyStoragePool(name));
    fails(ErrorCode.OPERATION_INVALID, () -> pools.refreshStoragePool(name));
    fails(ErrorCode.OPERATION_INVALID, () -> volumes.storageVolumes(name));
    fails(
        ErrorCode.OPERATION_INVALID,
        () -> volumes.createStorageVolume(name, volume("v", "<capacity>1</capacity>")));
    pools.buildStoragePool(name);
    pools.deleteStoragePool(name);
    pools.undefineStoragePool(name);
    fails(ErrorCode.NO_STORAGE_POOL, () -> pools.storagePool(name));
  }

  @Test
  void keepsPoolsApart() throws VirtException {
    pools.defineStoragePool(pool("p", ID));
    fails(ErrorCode.OPERATION_FAILED, () -> pools.defineStoragePool(pool("p", OTHER)));
    fails(ErrorCode.OPERATION_FAILED, () -> pools.defineStoragePool(pool("q", ID)));
    String samePath = pool("p", OTHER).replace("<name>p<", "<name>q<");
    assertEquals(
        "operation failed: Storage source conflict with pool: 'p'",
        fails(ErrorCode.OPERATION_FAILED, () -> pools.createStoragePool(samePath)));
    pools.createStoragePool(pool("p", ID));
    fails(ErrorCode.OPERATION_INVALID, () -> pools.createStoragePool(pool("p", ID)));
    pools.createStoragePool(pool("t", OTHER));
    fails(ErrorCode.INVALID_ARG, () -> pools.autostartStoragePool("t", Autostart.ON));
    pools.destroyStoragePool("t");
    fails(ErrorCode.NO_STORAGE_POOL, () -> pools.storagePool("t"));
  }

  @Test
  void refusesPoolsThatLackSomething() {
    String missing = "XML error: missing storage pool target path";
    assertEquals(
        missing,
        fails(
            ErrorCode.XML_ERROR,
            () -> pools.defineStoragePool("<pool type='dir'><name>p</name></pool>")));
    fails(
        ErrorCode.XML_ERROR,
        () -> pools.defineStoragePool("<pool type='netfs'><name>p</name></pool>"));
    fails(
        ErrorCode.XML_ERROR, () -> pools.defineStoragePool("<pool type='x'><name>p</name></pool>"));
    fails(
        ErrorCode.XML_ERROR,
        () -> pools.defineStoragePool("<pool type='dir'><target><path>/</path></target></pool>"));
  }

  @Test
  void makesVolumes() throws VirtException {
    String pool = "default-pool";
    volumes.createStorageVolume(
        pool, volume("v", "<capacity unit='G'>2</capacity><allocation>0</allocation>"));
    assertEquals(
        """
        <volume type='file'>
          <name>v</name>
          <key>/default-pool/v</key>
          <capacity unit='bytes'>2147483648</capacity>
          <allocation unit='bytes'>0</allocation>
          <target>
            <path>/default-pool/v</path>
            <format type='raw'/>
          </target>
        </volume>
        """,
        volumes.storageVolumeXml(pool, "v"));
    String again = volume("v", "<capacity>1</capacity>");
    fails(ErrorCode.OPERATION_FAILED, () -> volumes.createStorageVolume(pool, again));
    volumes.cloneStorageVolume(pool, volume("w", "<capacity unit='MB'>1</capacity>"), "v");
    StorageVolume copy = volumes.storageVolume(pool, "w");
    assertEquals(1_000_000, copy.capacity());
    assertEquals(1_000_000, copy.allocation());
    assertEquals(1_000_000, pools.storagePool(pool).allocation());
    volumes.cloneStorageVolume(pool, volume("x", "<allocation>0</allocation>"), "v");
    assertEquals(2L << 30, volumes.storageVolume(pool, "x").capacity());
    fails(
        ErrorCode.INTERNAL_ERROR,
        () -> volumes.createStorageVolume(pool, volume("z", "<capacity unit='T'>1</capacity>")));
    volumes.createStorageVolume(
        pool, volume("empty", "<capacity>7</capacity><allocation></allocation>"));
    assertEquals(7, volumes.storageVolume(pool, "empty").allocation());
    volumes.deleteStorageVolume(pool, "w");
    fails(ErrorCode.NO_STORAGE_VOL, () -> volumes.deleteStorageVolume(pool, "w"));
    fails(ErrorCode.NO_STORAGE_VOL, () -> volumes.storageVolume(pool, "w"));
    fails(ErrorCode.NO_STORAGE_POOL, () -> volumes.storageVolume("none", "v"));
    fails(ErrorCode.XML_ERROR, () -> volumes.createStorageVolume(pool, volume("y", "")));
    for (String size : List.of("-1", "x", "99999999999999999999", "9223372036854775807' ")) {
      String bad = volume("y", "<capacity>" + size + "</capacity>");
      assertThrows(VirtException.class, () -> volumes.createStorageVolume(pool, bad), size);
    }
  }

  @Test
  void keepsWhatIsWrittenToAVolume() throws VirtException, IOException {
    volumes.createStorageVolume("default-pool", volume("a", "<capacity>10</capacity>"));
    ByteArrayOutputStream empty = new ByteArrayOutputStream();
    assertEquals(10, volumes.downloadStorageVolume("default-pool", "a", empty));
    assertArrayEquals(new byte[10], empty.toByteArray());
    byte[] bytes = {1, 2, 3};
    volumes.uploadStorageVolume("default-pool", "a", new ByteArrayInputStream(bytes), 3);
    volumes.cloneStorageVolume("default-pool", volume("b", "<capacity>12</capacity>"), "a");
    volumes.uploadStorageVolume("default-pool", "a", new ByteArrayInputStream(new byte[3]), 3);
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    volumes.downloadStorageVolume("default-pool", "b", copy);
    assertArrayEquals(Arrays.copyOf(bytes, 12), copy.toByteArray());
    fails(
        ErrorCode.OPERATION_FAILED,
        () ->
            volumes.uploadStorageVolume(
                "default-pool", "a", new ByteArrayInputStream(new byte[11]), 11));
  }

  @Test
  void tellsWhatHappensToObjects() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    connection.subscribe(
        new DomainListener() {
          @Override
          public void event(DomainEvent event) {}

          @Override
          public void event(ObjectEvent event) {
            heard.add(event.type() + " " + event.name() + " " + event.kind());
          }
        });
    networks.destroyNetwork("default");
    networks.undefineNetwork("default");
    pools.refreshStoragePool("default-pool");
    for (String expected :
        List.of(
            "NETWORK default STOPPED",
            "NETWORK default UNDEFINED",
            "STORAGE_POOL default-pool REFRESHED")) {
      assertEquals(expected, heard.poll(10, TimeUnit.SECONDS));
    }
  }
}
