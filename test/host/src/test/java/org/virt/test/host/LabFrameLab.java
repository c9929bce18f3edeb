package org.virt.test.host;

import java.util.HashMap;
import java.util.Map;
import org.virt.common.process.Command;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;
import org.virt.test.contract.FrameLab;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Lab;

/** The lab as the contract of filter techniques wants it, with foreign rules in nftables. */
final class LabFrameLab implements FrameLab {
  private static final String FOREIGN_RULES =
      "table bridge foreign {\n chain c {\n type filter hook forward priority 0\n"
          + " ether type 0x9999 drop\n }\n}\n";

  private final Lab lab;
  private final Map<PortRef, Endpoint> guests = new HashMap<>();

  LabFrameLab() throws Exception {
    lab = Lab.open();
  }

  @Override
  public PortRef plug(String name) throws Exception {
    Endpoint guest = lab.plug(name, FilterTechnique.PORT_GROUP);
    guests.put(guest.port(), guest);
    return guest.port();
  }

  @Override
  public void unplug(PortRef port) throws Exception {
    lab.unplug(guests.remove(port));
  }

  @Override
  public boolean leaves(PortRef port, byte[] frame) throws Exception {
    return lab.leaves(guests.get(port), frame);
  }

  @Override
  public boolean reaches(PortRef port, byte[] frame) throws Exception {
    return lab.reaches(guests.get(port), frame);
  }

  @Override
  public void addForeignRules() throws Exception {
    Command.of("nft", "-f", "-").withInput(FOREIGN_RULES).require();
  }

  @Override
  public String foreignRules() throws Exception {
    return Command.of("nft", "list", "table", "bridge", "foreign").require();
  }

  @Override
  public void close() throws Exception {
    Command.of("nft", "delete", "table", "bridge", "foreign").run();
    lab.close();
  }
}
