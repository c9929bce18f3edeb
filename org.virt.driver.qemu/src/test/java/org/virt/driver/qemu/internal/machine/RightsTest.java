package org.virt.driver.qemu.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.model.edit.DomainTree;

class RightsTest {
  private static final Set<String> LEAST = Set.of("dac_override", "ipc_lock", "net_bind_service");

  private static Set<String> needed(String device) throws VirtException {
    DomainTree tree = DomainTree.of("<domain><devices>" + device + "</devices></domain>");
    return Rights.needed(tree, List.of());
  }

  @Test
  void givesWhatDevicesNeedAndNoMore() throws Exception {
    assertEquals(LEAST, needed("<disk device='disk'/><hostdev type='usb'/>"));
    assertTrue(needed("<disk device='lun'/>").contains("sys_rawio"));
    assertTrue(needed("<hostdev type='scsi'/>").contains("sys_rawio"));
    assertTrue(needed("<filesystem/>").contains("chown"));
    assertFalse(needed("<filesystem/>").contains("net_admin"));
  }

  @Test
  void letsATapOfTheAdministratorBeOpened() throws Exception {
    Port port =
        new Port(
            "net0",
            new PortId("mine0"),
            MacAddress.parse("52:54:00:00:00:01"),
            Port.Kind.TAP,
            Port.Owner.ADMINISTRATOR,
            Port.Filter.NONE);
    DomainTree tree = DomainTree.of("<domain><devices/></domain>");
    assertTrue(Rights.needed(tree, List.of(port)).contains("net_admin"));
  }
}
