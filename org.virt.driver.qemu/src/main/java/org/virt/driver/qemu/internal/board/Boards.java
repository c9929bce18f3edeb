package org.virt.driver.qemu.internal.board;

import java.util.List;
import org.virt.driver.qemu.internal.guest.Part;

/** All that is not a device, in the order of the command line. */
public final class Boards {
  /** The parts; each gets the element {@code domain}. */
  public static final List<Part> ALL =
      List.of(
          new IdentityPart(),
          new MachinePart(),
          new CpuPart(),
          new MemorySizes(),
          new VcpuPart(),
          new ThreadsPart(),
          new NumaPart(),
          new SmbiosPart(),
          new MonitorPart(),
          new Clocks(),
          new OsPart());

  /** What ends a command line, behind the devices. */
  public static final List<Part> LAST = List.of(new SandboxPart(), new OwnWords());

  private Boards() {}
}
