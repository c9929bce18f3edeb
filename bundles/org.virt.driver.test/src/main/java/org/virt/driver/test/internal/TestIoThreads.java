package org.virt.driver.test.internal;

import java.util.List;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.model.edit.Pins;

/** Threads for the disks of one machine. */
final class TestIoThreads extends TestEdit implements IoThreadVerbs {
  TestIoThreads(TestHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public List<IoThread> ioThreadInfo(Affects affects) throws VirtException {
    return look("get iothreads of", affects, tree -> Pins.ioThreads(tree, TestVcpus.ALL));
  }

  @Override
  public void addIoThread(int number, Affects affects) throws VirtException {
    change("add an iothread to", affects, tree -> Pins.addIoThread(tree, number));
  }

  @Override
  public void delIoThread(int number, Affects affects) throws VirtException {
    change("remove an iothread of", affects, tree -> Pins.removeIoThread(tree, number));
  }

  @Override
  public void pinIoThread(int number, CpuSet cpus, Affects affects) throws VirtException {
    change("pin an iothread of", affects, tree -> Pins.pinIoThread(tree, number, cpus));
  }
}
