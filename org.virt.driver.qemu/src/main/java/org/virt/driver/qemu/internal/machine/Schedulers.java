package org.virt.driver.qemu.internal.machine;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.driver.qemu.internal.linux.ProcessFigures.Policy;
import org.virt.model.edit.DomainTree;

/** How the kernel schedules the threads of a run ({@code vcpusched} and its like). */
final class Schedulers {
  private Schedulers() {}

  /** Has the threads of a run be scheduled as its configuration says. */
  static void apply(Run run, DomainTree tree) throws VirtException {
    XmlElement tune = tree.find("cputune").orElse(new XmlElement("", "cputune"));
    for (XmlElement each : tune.children("vcpusched")) {
      List<Long> threads = CpuVerbs.threads(run);
      for (int vcpu : CpuSet.parse(each.attribute("vcpus")).cpus()) {
        if (vcpu < threads.size() && threads.get(vcpu) > 0) {
          schedule(threads.get(vcpu), each);
        }
      }
    }
    for (XmlElement each : tune.children("iothreadsched")) {
      Map<Integer, Long> threads = IoThreads.threads(run);
      for (int number : CpuSet.parse(each.attribute("iothreads")).cpus()) {
        if (threads.containsKey(number)) {
          schedule(threads.get(number), each);
        }
      }
    }
    for (XmlElement each : tune.children("emulatorsched")) {
      schedule(run.process().id().pid(), each);
    }
  }

  private static void schedule(long thread, XmlElement how) throws VirtException {
    String priority = how.attribute("priority");
    ProcessFigures.schedule(
        thread,
        Policy.of(how.attribute("scheduler")),
        priority == null ? 0 : Integer.parseInt(priority));
  }
}
