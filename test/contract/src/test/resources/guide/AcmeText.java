package org.example.acme;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.PortProgram;

/** What the guide's technique writes. */
interface AcmeText {
  static String of(long generation, List<PortProgram> programs) throws VirtException {
    return generation + " " + programs;
  }
}
