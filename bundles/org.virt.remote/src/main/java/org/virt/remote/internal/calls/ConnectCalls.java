package org.virt.remote.internal.calls;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.CpuModels.BaselineFlag;
import org.virt.api.domain.CpuModels.Comparison;
import org.virt.api.domain.CpuModels.MachineKind;
import org.virt.api.domain.HostStatistics;
import org.virt.remote.internal.session.Opened.Wish;
import org.virt.rpc.XdrStruct;
import org.virt.spi.format.ConfigFormat;

/** Opening a connection, and what it says of itself. */
final class ConnectCalls {
  /** The version of libvirt whose protocol this is. */
  private static final long LIBVIRT_VERSION = 9_000_000;

  /** {@code VIR_CONNECT_RO} and {@code VIR_CONNECT_NO_ALIASES}. */
  private static final int READ_ONLY = 1;

  /** {@code VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE}. */
  private static final int FAIL_INCOMPATIBLE = 1;

  /** {@code VIR_CONNECT_COMPARE_CPU_VALIDATE_XML}: what cannot be read is refused anyway. */
  private static final int VALIDATE_XML = 2;

  private static final int OPEN_FLAGS = 3;
  private static final int KEEP_ALIVE = 10;

  /**
   * Typed parameters with strings, keep-alive, numbered callbacks, the close callback, and the
   * right order of arguments in network updates ({@code virDrvFeature}).
   */
  private static final Set<Integer> FEATURES = Set.of(9, KEEP_ALIVE, 14, 15, 16);

  void declare(Declarations all) {
    declareSession(all);
    declareHypervisor(all);
    declareCpus(all);
    all.on("connect_domain_xml_from_native", ConnectCalls::fromNative)
        .on("connect_domain_xml_to_native", ConnectCalls::toNative);
  }

  private static void declareSession(Declarations all) {
    all.on("connect_open", ConnectCalls::open)
        .on(
            "connect_close",
            call -> {
              call.afterReply(call.session()::endAfterSending);
              return call.reply();
            })
        .atOnce("connect_supports_feature", ConnectCalls::supportsFeature)
        .on("connect_get_uri", call -> call.reply(call.connect().uri().toString()))
        .atOnce("connect_get_lib_version", call -> call.reply(LIBVIRT_VERSION))
        .atOnce("connect_is_secure", call -> call.reply(isSecure(call) ? 1 : 0))
        .atOnce("connect_register_close_callback", Call::reply)
        .atOnce("connect_unregister_close_callback", Call::reply);
  }

  private static void declareHypervisor(Declarations all) {
    all.on("connect_get_type", call -> call.reply(call.connect().hypervisor().type()))
        .on(
            "connect_get_version",
            call -> call.reply(call.connect().hypervisor().version().number()))
        .on("connect_get_hostname", call -> call.reply(call.connect().hypervisor().hostName()))
        .on("connect_get_capabilities", call -> call.reply(call.connect().capabilities()))
        .on(
            "connect_get_max_vcpus",
            call ->
                call.reply(
                    call.host(HostStatistics.class)
                        .maxVcpus(call.args().optionalText("type").orElse(""))))
        .on(
            "connect_get_sysinfo",
            call -> {
              call.noFlags();
              return call.reply(call.host(HostStatistics.class).sysinfo());
            });
  }

  private static void declareCpus(Declarations all) {
    all.on(
            "connect_get_domain_capabilities",
            call -> {
              call.noFlags();
              return call.reply(
                  call.host(CpuModels.class).domainCapabilities(kind(call, "emulatorbin")));
            })
        .on("connect_get_cpu_model_names", ConnectCalls::modelNames)
        .on(
            "connect_compare_cpu",
            call -> compared(call, call.host(CpuModels.class).compareCpu(call.text("xml"))))
        .on(
            "connect_compare_hypervisor_cpu",
            call ->
                compared(
                    call,
                    call.host(CpuModels.class)
                        .compareHypervisorCpu(kind(call, "emulator"), call.text("xmlCPU"))))
        .on(
            "connect_baseline_cpu",
            call ->
                call.reply(
                    call.host(CpuModels.class)
                        .baselineCpu(
                            call.args().list("xmlCPUs", String.class),
                            call.flags(BaselineFlag.class))))
        .on(
            "connect_baseline_hypervisor_cpu",
            call ->
                call.reply(
                    call.host(CpuModels.class)
                        .baselineHypervisorCpu(
                            kind(call, "emulator"),
                            call.args().list("xmlCPUs", String.class),
                            call.flags(BaselineFlag.class))));
  }

  /** Answers with a comparison; an incompatible CPU is an error for those who want it so. */
  private static XdrStruct compared(Call call, Comparison comparison) throws VirtException {
    call.onlyFlags(FAIL_INCOMPATIBLE | VALIDATE_XML);
    if (comparison == Comparison.INCOMPATIBLE && (call.flags() & FAIL_INCOMPATIBLE) != 0) {
      throw new VirtException(
          ErrorCode.CPU_INCOMPATIBLE, "compare CPU: it has what this host does not provide");
    }
    return call.reply(comparison.number());
  }

  private static XdrStruct open(Call call) throws VirtException {
    call.onlyFlags(OPEN_FLAGS);
    Optional<String> name = call.args().optionalText("name").filter(n -> !n.isEmpty());
    String uri = name.orElse("qemu:///system");
    try {
      call.session()
          .opened()
          .open(new URI(uri), (call.flags() & READ_ONLY) != 0 ? Wish.LOOK : Wish.CHANGE);
    } catch (URISyntaxException e) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "open '" + uri + "': not a URI: " + e.getReason(), e);
    }
    return call.reply();
  }

  private static XdrStruct supportsFeature(Call call) {
    int feature = call.integer("feature");
    if (feature == KEEP_ALIVE) {
      call.session().beginKeepAlive();
    }
    return call.reply(FEATURES.contains(feature) ? 1 : 0);
  }

  /** A Unix socket does not leave the host. */
  private static boolean isSecure(Call call) {
    return switch (call.session().identity().transport()) {
      case UNIX, TLS -> true;
      case TCP -> false;
    };
  }

  private static XdrStruct modelNames(Call call) throws VirtException {
    call.noFlags();
    List<String> names = call.host(CpuModels.class).cpuModelNames(call.text("arch"));
    boolean wanted = call.integer("need_results") != 0;
    return call.reply(wanted ? names : List.of(), names.size());
  }

  private static MachineKind kind(Call call, String emulator) {
    XdrStruct args = call.args();
    return new MachineKind(
        args.optionalText(emulator),
        args.optionalText("arch"),
        args.optionalText("machine"),
        args.optionalText("virttype"));
  }

  private static XdrStruct fromNative(Call call) throws VirtException {
    call.noFlags();
    return call.reply(format(call).fromNative(call.text("nativeConfig")));
  }

  private static XdrStruct toNative(Call call) throws VirtException {
    call.noFlags();
    return call.reply(format(call).toNative(call.text("domainXml")));
  }

  private static ConfigFormat format(Call call) throws VirtException {
    String name = call.text("nativeFormat");
    ConfigFormat format = call.session().services().formats().get(name);
    if (format == null) {
      throw new VirtException(ErrorCode.INVALID_ARG, "unsupported config type " + name);
    }
    return format;
  }
}
