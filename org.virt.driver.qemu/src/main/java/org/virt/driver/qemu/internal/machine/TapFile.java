package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Interface;

/**
 * An opened file of a macvtap that QEMU gets: it opens none by itself.
 *
 * @param port the macvtap
 * @param queue of the card, from 0
 */
record TapFile(Port port, int queue) {
  /** Returns those of all macvtaps, in the order in which QEMU gets them. */
  static List<TapFile> all(DomainConfig config, Collection<Port> ports) throws VirtException {
    List<TapFile> files = new ArrayList<>();
    for (Port port : ports) {
      if (port.kind() == Port.Kind.MACVTAP) {
        long queues = queues(PortPlan.card(config, port.alias()));
        for (int i = 0; i < queues; i++) {
          files.add(new TapFile(port, i));
        }
      }
    }
    return files;
  }

  /** Returns how many queues a card has. */
  static long queues(Interface net) throws VirtException {
    return net.driver == null || net.driver.queues == null ? 1 : Numbers.parse(net.driver.queues);
  }

  /** Returns the name by which a QEMU that runs knows it. */
  String name() {
    return "fd-" + port.alias() + "-" + queue;
  }
}
