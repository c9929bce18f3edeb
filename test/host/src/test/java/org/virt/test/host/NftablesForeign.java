package org.virt.test.host;

import org.virt.api.VirtException;
import org.virt.common.process.Command;

/** Tables of somebody else in nftables. */
final class NftablesForeign implements Foreign {
  private static final String RULES =
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

  @Override
  public void put() throws VirtException {
    Command.of("nft", "-f", "-").withInput(RULES).require();
  }

  @Override
  public String list() throws VirtException {
    return Command.of("nft", "list", "table", "bridge", "foreign").require()
        + Command.of("nft", "list", "table", "inet", "foreign").require();
  }

  @Override
  public void remove() throws VirtException {
    Command.of("nft", "delete", "table", "bridge", "foreign").require();
    Command.of("nft", "delete", "table", "inet", "foreign").require();
  }
}
