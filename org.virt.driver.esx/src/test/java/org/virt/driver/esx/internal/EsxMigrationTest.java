package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.MigrationVerbs;
import org.virt.api.domain.MigrationVerbs.MigrateFlag;

/** Machines that move between hosts of a vCenter. */
class EsxMigrationTest extends StubCase {
  private static String vcenter() {
    return StubHost.inventory()
        .replace(
            "</returnval>",
            StubHost.object(
                    "HostSystem",
                    "host-2",
                    StubHost.property("name", "xsd:string", "other")
                        + StubHost.reference("parent", "ComputeResource", "ha-compute-res"))
                + "</returnval>");
  }

  @Test
  void movesAMachineToAnotherHost() throws Exception {
    host.answer("RetrieveServiceContent", StubHost.content("VirtualCenter"));
    host.answer("RetrievePropertiesEx", vcenter());
    String base =
        host.uri().toString().replace("esx://", "vpx://").replace("/?", "/ha-datacenter/%s?");
    EsxConnection connection = (EsxConnection) driver.open(URI.create(base.replace("%s", "esx")));
    host.completes("MigrateVM_Task");
    host.answerProperties(
        Map.of("<type>Datacenter</type>", vcenter()), StubHost.machine("poweredOn"));
    MigrationVerbs verbs = connection.facet(MigrationVerbs.class, ID).orElseThrow();
    verbs.migrate(URI.create(base.replace("%s", "other")), Set.of(MigrateFlag.LIVE));
    String sent = host.last("MigrateVM_Task");
    assertTrue(sent.contains("<host type=\"HostSystem\">host-2</host>"), sent);
    URI here = URI.create(base.replace("%s", "esx"));
    VirtException e = assertThrows(VirtException.class, () -> verbs.migrate(here, Set.of()));
    assertEquals(ErrorCode.OPERATION_INVALID, e.code(), e.getMessage());
    assertThrows(VirtException.class, () -> verbs.migrate(URI.create("qemu://h/system"), Set.of()));
  }

  @Test
  void movesAMachineByTheVcenterOfItsHost() throws Exception {
    String managed =
        StubHost.found(
            StubHost.object(
                "HostSystem",
                "ha-host",
                StubHost.property("summary.managementServerIp", "xsd:string", "127.0.0.2")));
    try (StubHost vcenter = new StubHost("127.0.0.2", host.port())) {
      vcenter.answer("RetrieveServiceContent", StubHost.content("VirtualCenter"));
      vcenter.completes("MigrateVM_Task");
      vcenter.answerProperties(
          Map.of("<type>Datacenter</type>", vcenter()), StubHost.machine("poweredOn"));
      host.answerProperties(
          Map.of(
              "summary.managementServerIp",
              managed,
              "runtime.powerState",
              StubHost.machine("poweredOn")),
          StubHost.inventory());
      URI there =
          URI.create("vpx://127.0.0.2:" + host.port() + "/ha-datacenter/other?transport=http");
      for (String name : List.of("*", "127.0.0.2")) {
        EsxConnection connection =
            (EsxConnection) driver.open(URI.create(host.uri() + "&vcenter=" + name));
        connection.facet(MigrationVerbs.class, ID).orElseThrow().migrate(there, Set.of());
        connection.close();
      }
      assertEquals(2, vcenter.count("MigrateVM_Task"));
      assertEquals(2, vcenter.count("Logout"));
      assertEquals(0, host.count("MigrateVM_Task"));
      assertTrue(vcenter.last("Login").contains("<password>two</password>"));
      URI wrong = URI.create(host.uri() + "&vcenter=127.0.0.3");
      String message = fails(ErrorCode.INVALID_ARG, () -> driver.open(wrong).close());
      assertTrue(message.contains("is managed by 127.0.0.2"), message);
    }
  }

  @Test
  void saysWhoWouldMoveAMachine() throws Exception {
    host.answerProperties(
        Map.of("runtime.host", StubHost.machine("poweredOn")), StubHost.inventory());
    URI alone = URI.create(host.uri() + "&vcenter=*");
    String message = fails(ErrorCode.INVALID_ARG, () -> driver.open(alone).close());
    assertTrue(message.contains("not managed by a vCenter"), message);
    MigrationVerbs verbs = connect().facet(MigrationVerbs.class, ID).orElseThrow();
    URI there = URI.create("vpx://127.0.0.1/dc/other");
    message = fails(ErrorCode.OPERATION_UNSUPPORTED, () -> verbs.migrate(there, Set.of()));
    assertTrue(message.contains("vcenter=HOST"), message);
  }
}
