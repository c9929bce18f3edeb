package org.virt.driver.esx.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Finds the vCenter that a host belongs to (libvirt's drvesx, "Extra parameters"). */
final class Vcenter {
  private static final String MANAGER = "summary.managementServerIp";

  private Vcenter() {}

  /**
   * Returns the vCenter's name or address.
   *
   * @param given as the URI has it; {@code *}: whichever the host belongs to
   */
  static String of(Vim vim, Inventory place, String given) throws VirtException {
    String action = "find the vCenter of " + vim.host();
    String manager = Query.one(vim, action, place.host(), MANAGER).text(MANAGER);
    if (manager.isEmpty()) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, action + ": this host is not managed by a vCenter");
    }
    if (given.equals("*")) {
      return manager.indexOf(':') < 0 ? manager : '[' + manager + ']';
    }
    try {
      for (InetAddress address : InetAddress.getAllByName(given.replaceAll("^\\[|]$", ""))) {
        if (address.equals(InetAddress.getByName(manager))) {
          return given;
        }
      }
    } catch (UnknownHostException e) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "%s: the name '%s' is not known".formatted(action, given), e);
    }
    throw new VirtException(
        ErrorCode.INVALID_ARG,
        "%s: this host is managed by %s, which is not vcenter=%s"
            .formatted(action, manager, given));
  }
}
