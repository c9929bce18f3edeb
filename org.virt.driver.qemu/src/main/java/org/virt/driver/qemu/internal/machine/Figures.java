package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
  /** QEMU's and libvirt's names of what a disk did. */
  private static final String[][] BLOCK = {
    {"rd_operations", "rd_operations"},
    {"rd_bytes", "rd_bytes"},
    {"rd_total_time_ns", "rd_total_times"},
    {"wr_operations", "wr_operations"},
    {"wr_bytes", "wr_bytes"},
    {"wr_total_time_ns", "wr_total_times"},
    {"flush_operations", "flush_operations"},
    {"flush_total_time_ns", "flush_total_times"}
  };

  Figures(MachineHost host, DomainId id) {
    super(host, id);
  }

  private Run run() throws VirtException {
    return host.find(id).active("get statistics of");
  }

  /** Returns QEMU's figures of all disks, by alias. */
  static Map<String, JsonObject> disks(Asking run) throws VirtException {
    Map<String, JsonObject> disks = new TreeMap<>();
    for (JsonElement disk : Json.array(run.execute("query-blockstats"))) {
      disks.put(Notices.alias(Json.text(disk, "qdev")), Json.child(disk, "stats"));
    }
    return disks;
  }

  @Override
  public TypedParameters blockStats(String disk) throws VirtException {
    Run run = run();
    Map<String, JsonObject> disks = disks(run);
    if (!disk.isEmpty()) {
      String alias = DeviceEdit.alias(Disks.find(run, disk));
      disks.keySet().retainAll(List.of(alias));
    }
    TypedParameters.Builder out = TypedParameters.builder();
    for (String[] names : BLOCK) {
      long sum = 0;
      for (JsonObject stats : disks.values()) {
        sum += Math.max(0, Json.number(stats, names[0]));
      }
      out.llong(names[1], sum);
    }
    return out.build();
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
      String format = element.child("driver").map(driver -> driver.attribute("type")).orElse("raw");
      return ImageSizes.of(file(element), format);
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
        DeviceEdit.networkInterface(DomainTree.of(run().xml()), device)
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

  /** Returns the figures of all disks as {@code domstats} names them. */
  static void blocks(Asking run, DomainTree tree, TypedParameters.Builder out)
      throws VirtException {
    Map<String, JsonObject> stats = disks(run);
    List<XmlElement> disks = new ArrayList<>();
    DeviceEdit.all(tree).stream().filter(d -> d.name().equals("disk")).forEach(disks::add);
    out.uint("block.count", disks.size());
    Map<String, JsonObject> sizes = new TreeMap<>();
    for (JsonElement block : Json.array(run.execute("query-block"))) {
      sizes.put(
          Notices.alias(Json.text(block, "qdev")),
          Json.child(Json.child(block, "inserted"), "image"));
    }
    for (int i = 0; i < disks.size(); i++) {
      block("block." + i + ".", disks.get(i), stats, sizes, out);
    }
  }

  private static void block(
      String prefix,
      XmlElement disk,
      Map<String, JsonObject> stats,
      Map<String, JsonObject> sizes,
      TypedParameters.Builder out) {
    String alias = DeviceEdit.alias(disk);
    out.string(prefix + "name", DeviceEdit.target(disk));
    DeviceEdit.path(disk).ifPresent(path -> out.string(prefix + "path", path));
    JsonObject of = stats.getOrDefault(alias, new JsonObject());
    String[] names = {
      "rd.reqs", "rd.bytes", "rd.times", "wr.reqs", "wr.bytes", "wr.times", "fl.reqs", "fl.times"
    };
    for (int i = 0; i < names.length; i++) {
      long value = Json.number(of, BLOCK[i][0]);
      if (value >= 0) {
        out.ullong(prefix + names[i], value);
      }
    }
    JsonObject image = sizes.getOrDefault(alias, new JsonObject());
    long actual = Json.number(image, "actual-size");
    if (actual >= 0) {
      out.ullong(prefix + "allocation", actual);
      out.ullong(prefix + "capacity", Json.number(image, "virtual-size"));
    }
  }
}
