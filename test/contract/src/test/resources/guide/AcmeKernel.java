package org.example.acme;

import java.util.Collection;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;

/** What the guide's technique writes to. */
interface AcmeKernel {
  void replace(long generation, List<PortProgram> programs) throws VirtException;

  void remove(Collection<PortRef> ports) throws VirtException;

  void change(List<AddressBinding> added, List<AddressBinding> dropped) throws VirtException;

  List<InstalledProgram> list() throws VirtException;
}
