package org.virt.remote.internal.calls;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.IoThreadVerbs.IoThread;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.domain.VcpuVerbs;
import org.virt.api.domain.VcpuVerbs.Plug;
import org.virt.api.domain.VcpuVerbs.Vcpu;
import org.virt.api.domain.VcpuVerbs.VcpuFlag;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Memory, virtual CPUs and threads of a machine. */
final class DomainResourceCalls {
  /** {@code VIR_DOMAIN_MEM_MAXIMUM}. */
  private static final int MEMORY_MAXIMUM = 4;

  private static final int AFFECTS = 3;

  /** {@code REMOTE_CPUMAPS_MAX}. */
  private static final long MAPS_MAX = 8_388_608;

  private static final int MAP_MAX = 2048;
  private static final Protocol PROTOCOL = Protocol.libvirt();
  private static final StructType STAT = PROTOCOL.struct("remote_domain_memory_stat");
  private static final StructType VCPU = PROTOCOL.struct("remote_vcpu_info");
  private static final StructType IO_THREAD = PROTOCOL.struct("remote_domain_iothread_info");

  void declare(Declarations all) {
    declareMemory(all);
    declareVcpus(all);
    declarePins(all);
    declareIoThreads(all);
  }

  private static void declareMemory(Declarations all) {
    all.on(
            "domain_set_max_memory",
            call -> {
              call.of(MemoryVerbs.class).setMaxMemory(call.wide("memory"), Affects.CURRENT);
              return call.reply();
            })
        .on(
            "domain_set_memory",
            call -> {
              call.of(MemoryVerbs.class).setMemory(call.wide("memory"), Affects.LIVE);
              return call.reply();
            })
        .on("domain_set_memory_flags", DomainResourceCalls::setMemory)
        .on(
            "domain_set_memory_stats_period",
            call -> {
              call.of(MemoryVerbs.class)
                  .setMemoryStatsPeriod(call.integer("period"), call.affects());
              return call.reply();
            })
        .on(
            "domain_memory_stats",
            call -> {
              call.noFlags();
              return call.reply(
                  call.of(MemoryVerbs.class).memoryStats().stream()
                      .map(stat -> STAT.of(stat.tag().ordinal(), stat.value()))
                      .limit(call.args().unsigned("maxStats"))
                      .toList());
            });
  }

  private static XdrStruct setMemory(Call call) throws VirtException {
    call.onlyFlags(AFFECTS | MEMORY_MAXIMUM);
    Affects affects = Affects.of(call.flags());
    MemoryVerbs memory = call.of(MemoryVerbs.class);
    if ((call.flags() & MEMORY_MAXIMUM) != 0) {
      memory.setMaxMemory(call.wide("memory"), affects);
    } else {
      memory.setMemory(call.wide("memory"), affects);
    }
    return call.reply();
  }

  private static void declareVcpus(Declarations all) {
    all.on(
            "domain_set_vcpus",
            call -> {
              call.of(VcpuVerbs.class).setVcpus(call.integer("nvcpus"), Affects.LIVE, Set.of());
              return call.reply();
            })
        .on(
            "domain_set_vcpus_flags",
            call -> {
              Set<VcpuFlag> flags = call.flagsBesideAffects(VcpuFlag.class);
              call.of(VcpuVerbs.class)
                  .setVcpus(call.integer("nvcpus"), Affects.of(call.flags()), flags);
              return call.reply();
            })
        .on(
            "domain_get_vcpus_flags",
            call -> {
              Set<VcpuFlag> flags = call.flagsBesideAffects(VcpuFlag.class);
              return call.reply(
                  call.of(VcpuVerbs.class).vcpusFlags(Affects.of(call.flags()), flags));
            })
        .on("domain_get_vcpus", DomainResourceCalls::vcpus)
        .on(
            "domain_set_vcpu",
            call -> {
              call.of(VcpuVerbs.class).setVcpu(cpus(call), plug(call), call.affects());
              return call.reply();
            })
        .on(
            "domain_get_guest_vcpus",
            call -> {
              call.noFlags();
              return call.reply(TypedValues.toXdr(call.of(VcpuVerbs.class).guestVcpus()));
            })
        .on(
            "domain_set_guest_vcpus",
            call -> {
              call.noFlags();
              call.of(VcpuVerbs.class).setGuestVcpus(cpus(call), plug(call));
              return call.reply();
            });
  }

  private static CpuSet cpus(Call call) throws VirtException {
    return CpuSet.parse(call.text("cpumap"));
  }

  private static Plug plug(Call call) throws VirtException {
    return Choice.of(Plug.class, call.integer("state"));
  }

  private static XdrStruct vcpus(Call call) throws VirtException {
    int length = mapLength(call, call.integer("maxinfo"));
    List<XdrStruct> infos = new ArrayList<>();
    ByteArrayOutputStream maps = new ByteArrayOutputStream();
    for (Vcpu vcpu : call.of(VcpuVerbs.class).vcpus()) {
      if (infos.size() < call.integer("maxinfo")) {
        infos.add(VCPU.of(vcpu.number(), vcpu.state().ordinal(), vcpu.cpuTimeNanos(), vcpu.cpu()));
        maps.writeBytes(vcpu.affinity().map(length));
      }
    }
    return call.reply(infos, maps.toByteArray());
  }

  private static void declarePins(Declarations all) {
    all.on(
            "domain_pin_vcpu",
            call -> {
              call.of(VcpuVerbs.class).pinVcpu(call.integer("vcpu"), map(call), Affects.LIVE);
              return call.reply();
            })
        .on(
            "domain_pin_vcpu_flags",
            call -> {
              call.of(VcpuVerbs.class).pinVcpu(call.integer("vcpu"), map(call), call.affects());
              return call.reply();
            })
        .on("domain_get_vcpu_pin_info", DomainResourceCalls::pinInfo)
        .on(
            "domain_pin_emulator",
            call -> {
              call.of(VcpuVerbs.class).pinEmulator(map(call), call.affects());
              return call.reply();
            })
        .on(
            "domain_get_emulator_pin_info",
            call -> {
              int length = mapLength(call, 1);
              CpuSet cpus = call.of(VcpuVerbs.class).emulatorPinInfo(call.affects());
              return call.reply(cpus.map(length), 1);
            });
  }

  private static XdrStruct pinInfo(Call call) throws VirtException {
    int most = call.integer("ncpumaps");
    int length = mapLength(call, most);
    List<CpuSet> pins = call.of(VcpuVerbs.class).vcpuPinInfo(call.affects());
    ByteArrayOutputStream maps = new ByteArrayOutputStream();
    pins.stream().limit(most).forEach(cpus -> maps.writeBytes(cpus.map(length)));
    return call.reply(maps.toByteArray(), Math.min(most, pins.size()));
  }

  private static CpuSet map(Call call) {
    return CpuSet.of(call.args().bytes("cpumap"));
  }

  /** Returns the length of a map, when so many of them fit into a reply. */
  private static int mapLength(Call call, int count) throws VirtException {
    int length = call.integer("maplen");
    if (count < 0 || length < 0 || (long) count * length > MAPS_MAX) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "%d CPU maps of %d bytes are too much".formatted(count, length));
    }
    return length;
  }

  private static void declareIoThreads(Declarations all) {
    all.on(
            "domain_get_iothread_info",
            call -> {
              List<IoThread> threads = call.of(IoThreadVerbs.class).ioThreadInfo(call.affects());
              return call.reply(
                  threads.stream().map(t -> IO_THREAD.of(t.number(), shortest(t.cpus()))).toList(),
                  threads.size());
            })
        .on(
            "domain_pin_iothread",
            call -> {
              call.of(IoThreadVerbs.class)
                  .pinIoThread(call.integer("iothreads_id"), map(call), call.affects());
              return call.reply();
            })
        .on(
            "domain_add_iothread",
            call -> {
              call.of(IoThreadVerbs.class).addIoThread(call.integer("iothread_id"), call.affects());
              return call.reply();
            })
        .on(
            "domain_del_iothread",
            call -> {
              call.of(IoThreadVerbs.class).delIoThread(call.integer("iothread_id"), call.affects());
              return call.reply();
            })
        .on(
            "domain_set_iothread_params",
            call -> {
              call.of(IoThreadVerbs.class)
                  .setIoThreadParams(
                      call.integer("iothread_id"), call.parameters("params"), call.affects());
              return call.reply();
            });
  }

  private static byte[] shortest(CpuSet cpus) {
    int bits = cpus.cpus().isEmpty() ? 0 : cpus.cpus().last() + 1;
    return cpus.map(Math.min(MAP_MAX, (bits + 7) / 8));
  }
}
