package org.virt.driver.esx.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.HypervisorInfo;
import org.virt.api.NodeInfo;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Node;

/** The host itself. */
final class Host {
  private static final Pattern VERSION =
      Pattern.compile("([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?");
  private static final String[] ARCHITECTURES = {"i686", "x86_64"};

  /** virNodeInfo has 32 bytes for it. */
  private static final int MODEL_LENGTH = 31;

  private final Vim vim;
  private final EsxUri uri;
  private final Inventory place;

  Host(Vim vim, EsxUri uri, Inventory place) {
    this.vim = vim;
    this.uri = uri;
    this.place = place;
  }

  HypervisorInfo hypervisor() throws VirtException {
    Found host =
        Query.one(
            vim,
            "get hypervisor of " + vim.host(),
            place.host(),
            "config.network.dnsConfig",
            "config.product");
    Node dns = host.node("config.network.dnsConfig");
    String name = dns.text("hostName");
    String domain = dns.text("domainName");
    String full = name.isEmpty() ? place.name() : domain.isEmpty() ? name : name + "." + domain;
    // libvirt's name for all three, and the version of whoever is connected to.
    return new HypervisorInfo("ESX", version(vim.content().text("about.version")), full);
  }

  private static HypervisorInfo.Version version(String text) {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.find()) {
      return new HypervisorInfo.Version(0, 0, 0);
    }
    return new HypervisorInfo.Version(part(matcher, 1), part(matcher, 2), part(matcher, 3));
  }

  private static int part(Matcher matcher, int group) {
    return matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
  }

  NodeInfo nodeInfo() throws VirtException {
    Found host =
        Query.one(
            vim,
            "get node information of " + vim.host(),
            place.host(),
            "hardware.cpuInfo",
            "hardware.memorySize",
            "hardware.numaInfo.numNodes",
            "summary.hardware.cpuModel");
    Node cpu = host.node("hardware.cpuInfo");
    int packages = (int) Math.max(1, cpu.number("numCpuPackages", 1));
    int cores = (int) Math.max(1, cpu.number("numCpuCores", 1));
    int threads = (int) Math.max(1, cpu.number("numCpuThreads", cores));
    int cells = (int) Math.max(1, number(host, "hardware.numaInfo.numNodes"));
    int perCell = packages % cells == 0 ? packages / cells : packages;
    return new NodeInfo(
        model(host.text("summary.hardware.cpuModel")),
        number(host, "hardware.memorySize") / 1024,
        threads,
        (int) (cpu.number("hz", 0) / 1_000_000),
        new NodeInfo.Topology(
            perCell == packages ? 1 : cells,
            perCell,
            Math.max(1, cores / packages),
            Math.max(1, threads / cores)));
  }

  /** The maker's name, as libvirt has it: without marks, as long as there is room for. */
  private static String model(String name) {
    String bare = name.replaceAll("\\((R|C|TM)\\)", "").replaceAll(" +", " ").strip();
    return bare.isEmpty() ? "x86_64" : bare.substring(0, Math.min(bare.length(), MODEL_LENGTH));
  }

  static long number(Found found, String property) {
    String text = found.text(property);
    return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  String capabilities() throws VirtException {
    Found host =
        Query.one(
            vim,
            "get capabilities of " + vim.host(),
            place.host(),
            "hardware.systemInfo.uuid",
            "capability.vmotionSupported");
    XmlWriter out = new XmlWriter().open("capabilities").open("host");
    String uuid = host.text("hardware.systemInfo.uuid");
    if (!uuid.isEmpty()) {
      out.element("uuid", uuid);
    }
    out.open("cpu").element("arch", "x86_64").close();
    if (uri.scheme().equals("vpx") || host.text("capability.vmotionSupported").equals("true")) {
      out.open("migration_features").open("live").close();
      out.open("uri_transports").element("uri_transport", "vpxmigr").close().close();
    }
    out.close();
    for (String arch : ARCHITECTURES) {
      out.open("guest").element("os_type", "hvm");
      out.open("arch").attribute("name", arch);
      out.element("wordsize", arch.equals("i686") ? 32 : 64);
      out.open("domain").attribute("type", "vmware").close().close().close();
    }
    return out.close().toString();
  }
}
