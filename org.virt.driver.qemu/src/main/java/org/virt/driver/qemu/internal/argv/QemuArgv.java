package org.virt.driver.qemu.internal.argv;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Family;
import org.virt.model.domain.DomainConfig;

/** Makes QEMU's command line. */
public final class QemuArgv {
  /** Parts of the command line, in this order. */
  private static final List<Writer> WRITERS =
      List.of(
          BoardWriter::write,
          CpuWriter::write,
          MemoryWriter::write,
          MonitorWriter::write,
          ClockWriter::write,
          BootWriter::write,
          ControllerWriter::write,
          DiskWriter::write,
          InterfaceWriter::write,
          CharDeviceWriter::write,
          InputWriter::write,
          GraphicsWriter::write,
          VideoWriter::write,
          BalloonWriter::write,
          RngWriter::write,
          SandboxWriter::write);

  private QemuArgv() {}

  /** Writes one part of the command line. */
  @FunctionalInterface
  private interface Writer {
    void write(Machine machine, CommandLine out) throws VirtException;
  }

  /**
   * Returns the words of the command line, the program first.
   *
   * @param config a complete machine whose devices have aliases
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the element that cannot be done
   */
  public static List<String> of(DomainConfig config, Facts facts) throws VirtException {
    Machine machine = new Machine(config, Family.of(config), facts);
    CommandLine out = new CommandLine();
    out.add(config.devices.emulator);
    for (Writer writer : WRITERS) {
      writer.write(machine, out);
    }
    return out.words();
  }
}
