package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/**
 * What a QEMU that root starts may still do as root (capabilities(7)): open images whoever owns
 * them, lock memory, listen on low ports; more only where a device of the machine needs it.
 */
final class Rights {
  private static final List<String> USUAL = List.of("dac_override", "ipc_lock", "net_bind_service");

  /** A folder that is shared with the guest has files of the guest's users. */
  private static final List<String> SHARING =
      List.of("chown", "dac_read_search", "fowner", "fsetid", "mknod", "setgid", "setuid");

  private Rights() {}

  /** Returns the words before those of QEMU. */
  static List<String> words(Run run) throws VirtException {
    List<String> words = new ArrayList<>(List.of("setsid", "--"));
    if (run.account().isPresent()) {
      words.addAll(as(run.account().get(), beyond(run.live.tree(), run.ports)));
    } else if (User.isRoot()) {
      String kept = String.join(",+", needed(run.live.tree(), run.ports));
      words.addAll(
          List.of("setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all,+" + kept));
      words.add("--");
    }
    return words;
  }

  private static List<String> as(Account user, Set<String> rights) {
    String kept = rights.isEmpty() ? "-all" : "-all,+" + String.join(",+", rights);
    String groups = user.groups().stream().map(String::valueOf).collect(Collectors.joining(","));
    return List.of(
        "setpriv",
        "--reuid=" + user.uid(),
        "--regid=" + user.gid(),
        "--groups=" + groups,
        "--no-new-privs",
        "--inh-caps=" + kept,
        "--ambient-caps=" + kept,
        "--bounding-set=" + kept,
        "--");
  }

  /** Returns the capabilities that a machine of root's needs. */
  static Set<String> needed(DomainTree tree, Collection<Port> ports) {
    Set<String> needed = beyond(tree, ports);
    needed.addAll(USUAL);
    return needed;
  }

  /** Returns the capabilities that a machine needs whoever runs it. */
  private static Set<String> beyond(DomainTree tree, Collection<Port> ports) {
    Set<String> needed = new TreeSet<>();
    if (tree.find("memoryBacking", "locked").isPresent()) {
      needed.add("ipc_lock");
    }
    for (XmlElement device : DeviceEdit.all(tree)) {
      boolean scsi = device.name().equals("hostdev") && "scsi".equals(device.attribute("type"));
      boolean lun = device.name().equals("disk") && "lun".equals(device.attribute("device"));
      if (scsi || lun) {
        needed.add("sys_rawio");
      }
      // Else its daemon has these rights.
      if (device.name().equals("filesystem") && !isVirtiofs(device)) {
        needed.addAll(SHARING);
        needed.add("dac_override");
      }
    }
    // Some kernels let nobody else open a tap that has no owner.
    if (ports.stream()
        .anyMatch(p -> p.owner() == Port.Owner.ADMINISTRATOR && p.kind() == Port.Kind.TAP)) {
      needed.add("net_admin");
    }
    return needed;
  }

  private static boolean isVirtiofs(XmlElement filesystem) {
    return filesystem
        .child("driver")
        .filter(driver -> "virtiofs".equals(driver.attribute("type")))
        .isPresent();
  }
}
