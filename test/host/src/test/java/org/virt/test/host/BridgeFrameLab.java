package org.virt.test.host;

import java.util.HashMap;
import java.util.Map;
import org.virt.common.process.Command;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;
import org.virt.test.contract.FrameLab;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Lab;

/** The lab's bridge, with tables of somebody else in nftables. */
final class BridgeFrameLab implements FrameLab {
  private static final String FOREIGN =
      """
      table bridge foreign {
        set s { type ether_addr; elements = { 52:54:00:ff:ff:01 } }
        chain pre { type filter hook prerouting priority -350; ether type 0x9999 drop; }
        chain in { type filter hook input priority -350; ether saddr @s drop; }
        chain forward { type filter hook forward priority 0; ether type 0x9999 drop; }
        chain out { type filter hook output priority 0; ether type 0x9999 drop; }
        chain post { type filter hook postrouting priority 350; ether type 0x9999 drop; }
      }
      table inet foreign {
        chain forward { type filter hook forward priority 0; tcp dport 9999 drop; }
      }
      """;

  private final Lab lab;
  private final Map<PortRef, Endpoint> endpoints = new HashMap<>();

  BridgeFrameLab() throws Exception {
    Command.of("nft", "-f", "-").withInput(FOREIGN).require();
    lab = Lab.open();
    endpoints.put(lab.uplink().port(), lab.uplink());
    endpoints.put(lab.host().port(), lab.host());
  }

  @Override
  public PortRef plug(String name) throws Exception {
    Endpoint guest = lab.plug(name, FilterTechnique.PORT_GROUP);
    endpoints.put(guest.port(), guest);
    return guest.port();
  }

  @Override
  public void unplug(PortRef port) throws Exception {
    Endpoint guest = endpoints.remove(port);
    if (guest != null) {
      lab.unplug(guest);
    }
  }

  @Override
  public PortRef uplink() {
    return lab.uplink().port();
  }

  @Override
  public PortRef host() {
    return lab.host().port();
  }

  @Override
  public boolean passes(PortRef from, byte[] frame, PortRef to) throws Exception {
    return lab.passes(endpoints.get(from), frame, endpoints.get(to));
  }

  @Override
  public String foreignRules() throws Exception {
    return Command.of("nft", "list", "table", "bridge", "foreign").require()
        + Command.of("nft", "list", "table", "inet", "foreign").require();
  }

  @Override
  public void close() throws Exception {
    lab.close();
    Command.of("nft", "delete", "table", "bridge", "foreign").require();
    Command.of("nft", "delete", "table", "inet", "foreign").require();
  }
}
