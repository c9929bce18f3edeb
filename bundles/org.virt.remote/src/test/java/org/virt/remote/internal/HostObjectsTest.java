package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterfaces;
import org.virt.api.host.NodeDevice;
import org.virt.api.host.NodeDevices;
import org.virt.api.host.Secret;
import org.virt.api.host.Secrets;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Secrets, devices and interfaces over the wire. */
@Timeout(60)
class HostObjectsTest extends ServedTest {
  private static final UUID ID = UUID.fromString("12345678-1234-1234-1234-123456789abc");
  private static final StructType SECRET = Protocol.libvirt().struct("remote_nonnull_secret");
  private static final StructType INTERFACE = Protocol.libvirt().struct("remote_nonnull_interface");
  private static final XdrStruct KEY = SECRET.of(ID, 2, "admin");

  private byte[] value = {1};

  /** The key of admin. */
  private final class OneSecret implements Secrets {
    @Override
    public List<Secret> secrets() {
      return List.of(
          new Secret(
              ID, Secret.Usage.CEPH, "admin", Secret.Keeping.LASTING, Secret.Disclosure.OPEN));
    }

    @Override
    public String secretXml(UUID uuid) {
      return "<secret/>";
    }

    @Override
    public UUID defineSecret(String xml) {
      return ID;
    }

    @Override
    public void undefineSecret(UUID uuid) {
      value = new byte[0];
    }

    @Override
    public void setSecretValue(UUID uuid, byte[] wanted) {
      value = wanted;
    }

    @Override
    public byte[] secretValue(UUID uuid) {
      return value;
    }
  }

  @Test
  void servesSecrets() throws IOException {
    fixture.hypervisor.facets.put(Secrets.class, new OneSecret());
    assertEquals(List.of(KEY), client.call("connect_list_all_secrets", 1, 0).get("secrets"));
    assertEquals(0, client.call("connect_list_all_secrets", 0, 1).integer("ret"));
    assertEquals(List.of(ID.toString()), client.call("connect_list_secrets", 9).get("uuids"));
    assertEquals(KEY, client.call("secret_define_xml", "<secret/>", 0).struct("secret"));
    assertEquals(KEY, client.call("secret_lookup_by_usage", 2, "admin").struct("secret"));
    client.call("secret_set_value", KEY, new byte[] {7, 8}, 0);
    assertArrayEquals(new byte[] {7, 8}, client.call("secret_get_value", KEY, 0).bytes("value"));
    XdrStruct lie = SECRET.of(ID, 2, "other");
    assertEquals(ErrorCode.NO_SECRET.number(), client.fails("secret_get_value", lie, 0).code());
    client.call("secret_undefine", KEY);
    assertEquals(0, value.length);
    try (TestClient looker = fixture.open(fixture.readOnlySocket)) {
      assertEquals("<secret/>", looker.call("secret_get_xml_desc", KEY, 0).text("xml"));
      assertEquals(
          ErrorCode.OPERATION_DENIED.number(), looker.fails("secret_get_value", KEY, 0).code());
    }
  }

  /** A computer and a card in it. */
  private static final class TwoDevices implements NodeDevices {
    @Override
    public List<NodeDevice> nodeDevices() {
      return List.of(
          new NodeDevice("computer", Optional.empty(), List.of("system")),
          new NodeDevice("card", Optional.of("computer"), List.of("pci")));
    }

    @Override
    public NodeDevice nodeDevice(String name) throws VirtException {
      return nodeDevices().stream()
          .filter(one -> one.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new VirtException(ErrorCode.NO_NODE_DEVICE, name));
    }

    @Override
    public String nodeDeviceXml(String name) {
      return "<device/>";
    }
  }

  @Test
  void servesDevices() throws IOException {
    fixture.hypervisor.facets.put(NodeDevices.class, new TwoDevices());
    assertEquals(2, client.call("connect_list_all_node_devices", 0, 0).integer("ret"));
    assertEquals(1, client.call("connect_list_all_node_devices", 0, 2).integer("ret"));
    assertEquals(2, client.call("connect_list_all_node_devices", 0, 1 << 31).integer("ret"));
    assertEquals(List.of("card"), client.call("node_list_devices", "pci", 9, 0).get("names"));
    assertEquals("computer", client.call("node_device_get_parent", "card").get("parentName"));
    assertEquals(null, client.call("node_device_get_parent", "computer").get("parentName"));
    assertEquals(List.of("pci"), client.call("node_device_list_caps", "card", 9).get("names"));
    assertEquals("<device/>", client.call("node_device_get_xml_desc", "card", 0).text("xml"));
    assertEquals(1, client.call("node_device_is_persistent", "computer").integer("persistent"));
    assertEquals(0, client.call("node_device_is_persistent", "card").integer("persistent"));
    assertEquals(1, client.call("node_device_get_autostart", "computer").integer("autostart"));
    assertEquals(0, client.call("node_device_get_autostart", "card").integer("autostart"));
    assertEquals(
        ErrorCode.NO_NODE_DEVICE.number(), client.fails("node_device_get_autostart", "x").code());
    assertEquals(
        ErrorCode.NO_NODE_DEVICE.number(),
        client.fails("node_device_lookup_by_name", "none").code());
  }

  /** A host that shares equal pages. */
  private static final class SharedPages implements HostStatistics {
    private TypedParameters parameters = TypedParameters.builder().uint("shm_x", 7).build();

    @Override
    public TypedParameters memoryParameters() {
      return parameters;
    }

    @Override
    public void setMemoryParameters(TypedParameters wanted) {
      parameters = wanted;
    }
  }

  @Test
  void servesMemoryParameters() throws IOException {
    fixture.hypervisor.facets.put(HostStatistics.class, new SharedPages());
    XdrStruct count = client.call("node_get_memory_parameters", 0, 0);
    assertEquals(1, count.integer("nparams"));
    assertEquals(List.of(), count.get("params"));
    TypedParameters wanted = TypedParameters.builder().uint("shm_y", 9).build();
    client.call("node_set_memory_parameters", TypedValues.toXdr(wanted), 0);
    XdrStruct after = client.call("node_get_memory_parameters", 1, 0);
    assertEquals(wanted, TypedValues.of(after.structs("params")));
  }

  /** The interface eth0. */
  private static final class OneInterface implements HostInterfaces {
    @Override
    public List<HostInterface> interfaces() {
      return List.of(new HostInterface("eth0", "52:54:00:AA:00:01", HostInterface.State.ACTIVE));
    }

    @Override
    public String interfaceXml(String name) {
      return "<interface/>";
    }
  }

  @Test
  void servesInterfaces() throws IOException {
    fixture.hypervisor.facets.put(HostInterfaces.class, new OneInterface());
    XdrStruct eth0 = INTERFACE.of("eth0", "52:54:00:AA:00:01");
    assertEquals(List.of(eth0), client.call("connect_list_all_interfaces", 1, 2).get("ifaces"));
    assertEquals(0, client.call("connect_num_of_defined_interfaces").integer("num"));
    assertEquals(
        eth0, client.call("interface_lookup_by_mac_string", "52:54:00:aa:00:01").struct("iface"));
    assertEquals(1, client.call("interface_is_active", eth0).integer("active"));
    assertEquals("<interface/>", client.call("interface_get_xml_desc", eth0, 0).text("xml"));
  }

  @Test
  void saysThatThereIsNothingWhereADriverHasNone() throws IOException {
    assertEquals(0, client.call("connect_list_all_secrets", 1, 0).integer("ret"));
    assertEquals(0, client.call("node_num_of_devices", null, 0).integer("num"));
    assertEquals(0, client.call("connect_num_of_interfaces").integer("num"));
    assertEquals(
        ErrorCode.NO_NODE_DEVICE.number(),
        client.fails("node_device_lookup_by_name", "none").code());
    assertEquals(ErrorCode.NO_SECRET.number(), client.fails("secret_lookup_by_uuid", ID).code());
  }
}
