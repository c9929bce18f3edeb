package org.virt.test.host;

import java.util.HashMap;
import java.util.Map;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;
import org.virt.test.contract.FrameLab;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Lab;

/** The lab's bridge, with rules of somebody else. */
class BridgeFrameLab implements FrameLab {
  private final Foreign foreign;
  final Lab lab;
  private final int group;
  private final Map<PortRef, Endpoint> endpoints = new HashMap<>();

  BridgeFrameLab(Foreign foreign) throws Exception {
    this(foreign, FilterTechnique.PORT_GROUP);
  }

  /** Makes a lab whose ports are of a technique's group. */
  BridgeFrameLab(Foreign foreign, int group) throws Exception {
    this.foreign = foreign;
    this.group = group;
    foreign.put();
    lab = Lab.open();
    endpoints.put(lab.uplink().port(), lab.uplink());
    endpoints.put(lab.host().port(), lab.host());
  }

  @Override
  public PortRef plug(String name) throws Exception {
    Endpoint guest = join(name, group);
    endpoints.put(guest.port(), guest);
    return guest.port();
  }

  @Override
  public void unplug(PortRef port) throws Exception {
    Endpoint guest = endpoints.remove(port);
    if (guest != null) {
      leave(guest);
    }
  }

  Endpoint join(String name, int number) throws Exception {
    return lab.plug(name, number);
  }

  void leave(Endpoint guest) throws Exception {
    lab.unplug(guest);
  }

  Endpoint endpoint(PortRef port) {
    return endpoints.get(port);
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
    return foreign.list();
  }

  @Override
  public void close() throws Exception {
    lab.close();
    foreign.remove();
  }
}
