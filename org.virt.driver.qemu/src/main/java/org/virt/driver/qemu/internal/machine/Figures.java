package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.StatisticsVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.ControlGroups.Controller;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** What one machine has used. */
final class Figures extends Edits implements StatisticsVerbs {
  Figures(MachineHost host, DomainId id) {
    super(host, id);
  }

  private Run run() throws VirtException {
    return host.find(id).active("get statistics of");
  }

  @Override
  public TypedParameters blockStats(String disk) throws VirtException {
    Run run = run();
    Map<String, JsonObject> disks = DiskFigures.counted(run);
    if (!disk.isEmpty()) {
      String alias = DeviceEdit.alias(Disks.find(run, disk));
      disks.keySet().retainAll(List.of(alias));
    }
    return DiskFigures.sum(disks.values());
  }

  @Override
  public BlockInfo blockInfo(String disk) throws VirtException {
    Machine machine = host.find(id);
    Run run = machine.run();
    if (run == null) {
      DomainTree tree = DomainTree.of(machine.definition().publicXml());
      XmlElement element =
          DeviceEdit.disk(tree, disk)
              .orElseThrow(
                  () -> new VirtException(ErrorCode.INVALID_ARG, "invalid path: '" + disk + "'"));
      return DiskFigures.size(element, file(element));
    }
    XmlElement element = Disks.find(run, disk);
    JsonObject inserted = Json.child(Disks.block(run, DeviceEdit.alias(element)), "inserted");
    JsonObject image = Json.child(inserted, "image");
    long physical = ImageSizes.of(file(element), "raw").physical();
    long actual = Json.number(image, "actual-size");
    return new BlockInfo(
        Json.number(image, "virtual-size"), actual < 0 ? physical : actual, physical);
  }

  private static Path file(XmlElement disk) throws VirtException {
    return Path.of(
        DeviceEdit.path(disk)
            .orElseThrow(
                () ->
                    new VirtException(ErrorCode.INVALID_ARG, "the disk has no file of this host")));
  }

  @Override
  public InterfaceStats interfaceStats(String device) throws VirtException {
    XmlElement nic =
        DeviceEdit.networkInterface(run().live.tree(), device)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.INVALID_ARG,
                        "invalid path, '" + device + "' is not a known interface"));
    return interfaceStats(nic);
  }

  /**
   * What the guest receives is what its tap on the host sends; a macvtap counts as the guest does.
   */
  static InterfaceStats interfaceStats(XmlElement card) throws VirtException {
    String name = DeviceEdit.target(card);
    Path folder = Path.of("/sys/class/net", name, "statistics");
    if (name.isEmpty() || !Files.isDirectory(folder)) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "the interface has no counterpart on the host");
    }
    Direction sent = direction(folder, "tx_");
    Direction received = direction(folder, "rx_");
    return "direct".equals(card.attribute("type"))
        ? new InterfaceStats(received, sent)
        : new InterfaceStats(sent, received);
  }

  private static Direction direction(Path folder, String prefix) {
    return new Direction(
        counter(folder, prefix + "bytes"),
        counter(folder, prefix + "packets"),
        counter(folder, prefix + "errors"),
        counter(folder, prefix + "dropped"));
  }

  private static long counter(Path folder, String name) {
    try {
      return Long.parseLong(Files.readString(folder.resolve(name)).strip());
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public TypedParameters cpuStats() throws VirtException {
    ProcessFigures.Use use = ProcessFigures.use(run().process().id().pid());
    return TypedParameters.builder()
        .ullong("cpu_time", use.total())
        .ullong("user_time", use.user())
        .ullong("system_time", use.system())
        .build();
  }

  @Override
  public List<TypedParameters> cpuStatsPerCpu() throws VirtException {
    run();
    String times =
        host.groups()
            .read(id, Controller.CPUACCT, "cpuacct.usage_percpu")
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.OPERATION_UNSUPPORTED,
                        "get CPU statistics of each CPU: they are not counted here; use --total"));
    return Stream.of(times.split(" ", -1))
        .map(time -> TypedParameters.builder().ullong("cpu_time", Long.parseLong(time)).build())
        .toList();
  }

  @Override
  public ControlInfo controlInfo() throws VirtException {
    Machine machine = host.find(id);
    Run run = machine.active("get control information of");
    try {
      run.execute("query-status");
      return new ControlInfo(run.hasJob() ? ControlState.JOB : ControlState.OK, "", 0);
    } catch (VirtException e) {
      return new ControlInfo(ControlState.ERROR, e.getMessage(), 0);
    }
  }
}
