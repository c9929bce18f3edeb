package org.virt.remote.internal.calls;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.virt.api.ErrorCode;
import org.virt.api.NodeInfo;
import org.virt.api.VirtException;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** The host. */
final class NodeCalls {
  private static final int MODEL_LENGTH = 31;

  /** {@code VIR_TYPED_PARAM_STRING_OKAY}: the client takes strings. */
  private static final int STRINGS = 4;

  private static final StructType CPU_STATS =
      Protocol.libvirt().struct("remote_node_get_cpu_stats");
  private static final StructType MEMORY_STATS =
      Protocol.libvirt().struct("remote_node_get_memory_stats");

  void declare(Declarations all) {
    all.on("node_get_info", NodeCalls::info)
        .on("node_get_cpu_stats", NodeCalls::cpuStats)
        .on("node_get_memory_stats", NodeCalls::memoryStats)
        .on(
            "node_get_free_memory",
            call -> call.reply(call.host(HostStatistics.class).freeMemory()))
        .on("node_get_cells_free_memory", NodeCalls::cellsFreeMemory)
        .on("node_get_free_pages", NodeCalls::freePages)
        .on("node_get_memory_parameters", NodeCalls::memoryParameters)
        .on(
            "node_set_memory_parameters",
            call -> {
              call.noFlags();
              call.host(HostStatistics.class).setMemoryParameters(call.parameters("params"));
              return call.reply();
            })
        .on("node_get_cpu_map", NodeCalls::cpuMap)
        // No driver confines machines by labels, which libvirt says by an empty model.
        .on("node_get_security_model", call -> call.reply(new byte[1], new byte[1]));
  }

  private static XdrStruct info(Call call) throws VirtException {
    NodeInfo node = call.connect().nodeInfo();
    byte[] model = node.model().getBytes(StandardCharsets.UTF_8);
    NodeInfo.Topology topology = node.topology();
    return call.reply(
        Arrays.copyOf(model, Math.min(model.length, MODEL_LENGTH)),
        node.memoryKiB(),
        node.cpus(),
        node.mhz(),
        topology.numaCells(),
        topology.socketsPerCell(),
        topology.coresPerSocket(),
        topology.threadsPerCore());
  }

  private static XdrStruct cpuStats(Call call) throws VirtException {
    call.noFlags();
    return counted(
        call, CPU_STATS, call.host(HostStatistics.class).cpuStats(place(call.integer("cpuNum"))));
  }

  private static XdrStruct memoryStats(Call call) throws VirtException {
    call.noFlags();
    return counted(
        call,
        MEMORY_STATS,
        call.host(HostStatistics.class).memoryStats(place(call.integer("cellNum"))));
  }

  private static XdrStruct memoryParameters(Call call) throws VirtException {
    call.onlyFlags(STRINGS);
    return call.replyCounted(call.host(HostStatistics.class).memoryParameters());
  }

  /** −1 means all together. */
  private static OptionalInt place(int number) throws VirtException {
    if (number < -1) {
      throw new VirtException(ErrorCode.INVALID_ARG, "there is no CPU or cell " + number);
    }
    return number == -1 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private static XdrStruct counted(Call call, StructType type, TypedParameters figures) {
    boolean onlyNumber = call.integer("nparams") == 0;
    List<XdrStruct> values =
        figures.list().stream().map(figure -> type.of(figure.name(), number(figure))).toList();
    return call.reply(onlyNumber ? List.of() : values, values.size());
  }

  private static Object number(TypedParameter figure) {
    return figure.number();
  }

  private static XdrStruct cellsFreeMemory(Call call) throws VirtException {
    List<Long> cells = call.host(HostStatistics.class).cellsFreeMemory();
    return call.reply(some(cells, call.integer("startCell"), call.integer("maxcells")));
  }

  private static <T> List<T> some(List<T> cells, int from, int most) throws VirtException {
    if (from < 0 || from >= cells.size()) {
      throw new VirtException(
          ErrorCode.INTERNAL_ERROR,
          "start cell %d out of range (0-%d)".formatted(from, cells.size() - 1));
    }
    return cells.stream().skip(from).limit(Math.max(0, most)).toList();
  }

  private static XdrStruct freePages(Call call) throws VirtException {
    call.noFlags();
    List<Long> sizes =
        call.args().list("pages", Integer.class).stream().map(Integer::toUnsignedLong).toList();
    List<List<Long>> cells = call.host(HostStatistics.class).freePages(sizes);
    return call.reply(
        some(cells, call.integer("startCell"), call.integer("cellCount")).stream()
            .flatMap(List::stream)
            .toList());
  }

  private static XdrStruct cpuMap(Call call) throws VirtException {
    call.noFlags();
    HostStatistics.CpuMap map = call.host(HostStatistics.class).cpuMap();
    boolean wanted = call.integer("need_map") != 0;
    boolean online = call.integer("need_online") != 0;
    return call.reply(
        wanted ? map.online().map((map.present() + 7) / 8) : new byte[0],
        online ? map.online().cpus().size() : 0,
        map.present());
  }
}
