package org.virt.nwfilter.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.nwfilter.AddressEvent;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;

class AddressEventSenderTest {
  @Test
  void tellsPortMachineAddressAndEnd() throws Exception {
    PortAddress address =
        new PortAddress(
            new PortId("vnet0"),
            MacAddress.parse("52:54:00:00:00:01"),
            InetAddress.getByName("192.0.2.9"),
            Source.DHCP,
            Optional.of(Instant.ofEpochMilli(1234)));
    FilterBinding.Owner machine = new FilterBinding.Owner("vm", new UUID(0, 1));
    assertEquals(
        Map.of(
            "port", "vnet0",
            "mac", "52:54:00:00:00:01",
            "machine", "vm",
            "machine.uuid", "00000000-0000-0000-0000-000000000001",
            "address", "192.0.2.9",
            "source", "DHCP",
            "detail", "",
            "expires", 1234L),
        AddressEventSender.properties(
            new AddressEvent(AddressEvent.Kind.LEARNED, address, machine, "")));
  }
}
