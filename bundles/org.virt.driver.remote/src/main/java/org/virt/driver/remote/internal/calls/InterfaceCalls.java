package org.virt.driver.remote.internal.calls;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterfaces;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about interfaces of the host. */
record InterfaceCalls(Far far) implements HostInterfaces {
  private static final String LIST = "connect_list_all_interfaces";

  /** {@code VIR_CONNECT_LIST_INTERFACES_ACTIVE}. */
  private static final int ACTIVE = 2;

  @Override
  public List<HostInterface> interfaces() throws VirtException {
    Answer everything = far.begin(LIST, 1, 0);
    Answer some = far.begin(LIST, 1, ACTIVE);
    List<XdrStruct> all = far.await(everything).structs("ifaces");
    Set<XdrStruct> active = new HashSet<>(far.await(some).structs("ifaces"));
    return all.stream()
        .map(
            one ->
                new HostInterface(
                    one.text("name"),
                    one.text("mac"),
                    active.contains(one)
                        ? HostInterface.State.ACTIVE
                        : HostInterface.State.INACTIVE))
        .toList();
  }

  @Override
  public String interfaceXml(String name) throws VirtException {
    XdrStruct found = far.call("interface_lookup_by_name", name).struct("iface");
    return far.call("interface_get_xml_desc", found, 0).text("xml");
  }
}
