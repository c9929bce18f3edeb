package org.virt.driver.qemu.internal.board;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.NodeSets;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** How many virtual CPUs there are, and how they are arranged. */
public final class VcpuPart implements Part {
  private static final int MAX = 65_536;

  /** Of the time of CPUs, in microseconds. */
  private static final long MIN_QUOTA = 1000;

  private static final long MAX_QUOTA = 17_592_186_044_415L;

  /** The most that boards have without interrupts for more. */
  private static final int MAX_PC = 255;

  /** Per cent. */
  private static final long MAX_BANDWIDTH = 100;

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    Node vcpu = root.child("vcpu");
    if (vcpu == null) {
      vcpu = root.add(Node.of("vcpu").text("1"));
    }
    boolean automatic = root.is("numatune/memory/@placement", "auto");
    vcpu.fill("placement", automatic && !vcpu.has("@cpuset") ? "auto" : "static");
    long count = count(vcpu);
    vcpu.text(Long.toString(count));
    Long current = vcpu.number("@current");
    if (current != null && (current > count || current < 1)) {
      throw Refusal.xml("/domain/vcpu/@current", current + " is not within 1 to " + count);
    }
    if (current != null && current == count) {
      vcpu.set("current", null);
    }
    if (vcpu.is("@placement", "auto")) {
      vcpu.set("cpuset", null);
    }
    Node tune = root.child("cputune");
    schedulers(tune);
    NodeSets.shorten(vcpu, "cpuset");
    for (Node pin : tune == null ? List.<Node>of() : tune.children()) {
      NodeSets.shorten(pin, "cpuset");
    }
    placement(root, vcpu);
  }

  private static void placement(Node root, Node vcpu) {
    Node memory = root.child("numatune/memory");
    if (vcpu.is("@placement", "auto") && memory == null) {
      root.ensure("numatune").add(Node.of("memory", "mode", "strict", "placement", "auto"));
    } else if (memory != null && !memory.has("@nodeset") && !memory.has("@placement")) {
      memory.set("placement", vcpu.get("@placement"));
    }
    if (memory != null) {
      memory.fill("mode", "strict");
    }
  }

  private static long count(Node vcpu) throws VirtException {
    String text = vcpu.text();
    long count = text.matches("[0-9]{1,6}") ? Long.parseLong(text) : 0;
    if (count < 1 || count > MAX) {
      throw Refusal.xml("/domain/vcpu", "'" + text + "' is not within 1 to " + MAX);
    }
    return count;
  }

  /** Each thread has an element of its own. */
  private static void schedulers(Node tune) throws VirtException {
    if (tune == null) {
      return;
    }
    for (String kind : List.of("vcpu", "iothread")) {
      for (Node scheduler : tune.children(kind + "sched")) {
        String set = "@" + kind + "s";
        for (int thread : NodeSets.parse(scheduler, set)) {
          Node own = scheduler.copy();
          tune.add(own.set(kind + "s", Integer.toString(thread)));
        }
        scheduler.remove();
      }
    }
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    Node vcpu = root.child("vcpu");
    vcpu.oneOf("@placement", "static", "auto");
    pins(root);
    boolean more =
        guest.board() == Board.Q35
            && guest.devices("iommu").stream().anyMatch(iommu -> iommu.on("driver/@eim"));
    if (guest.board().isPc() && !more && Numbers.parse(vcpu.text()) > MAX_PC) {
      throw Refusal.of(
          "/domain/vcpu", "more than " + MAX_PC + " need 'q35' and an IOMMU with eim='on'");
    }
    Node vcpus = root.child("vcpus");
    if (vcpus == null) {
      return;
    }
    for (Node each : vcpus.children("vcpu")) {
      Long id = each.number("@id");
      if (id == null || id < 0 || id >= Numbers.parse(vcpu.text())) {
        throw Refusal.xml(each.path("@id"), "there is no CPU " + id);
      }
      boolean fixed = each.on("@enabled") || each.on("@hotpluggable");
      if (!fixed || id == 0 && (each.on("@hotpluggable") || !each.on("@enabled"))) {
        throw Refusal.of(each.path(), "CPU " + id + " can be neither off nor plugged in later");
      }
    }
    contiguous(vcpus);
    long threads = root.child("cpu") == null ? 1 : root.child("cpu").number("topology/@threads", 1);
    long enabled = vcpus.children("vcpu").stream().filter(v -> v.on("@enabled")).count();
    long ordered =
        vcpus.children("vcpu").stream().filter(v -> v.on("@enabled") && v.has("@order")).count();
    if (ordered != 0 && ordered != enabled) {
      throw Refusal.of("/domain/vcpus", "some CPUs have an order, others have none");
    }
    if (guest.board() == Board.PSERIES && enabled % threads != 0) {
      throw Refusal.of("/domain/vcpus", "CPUs come in groups of " + threads);
    }
  }

  /** Those that are there at the start are the first ones. */
  private static void contiguous(Node vcpus) throws VirtException {
    Predicate<Node> first = each -> each.on("@enabled") && !each.on("@hotpluggable");
    long fixed = vcpus.children("vcpu").stream().filter(first).count();
    for (Node each : vcpus.children("vcpu")) {
      if (first.test(each) && each.number("@id") >= fixed) {
        throw Refusal.of(
            each.path(),
            "online non-hotpluggable vcpus need to be ordered prior to hotplugable vcpus");
      }
    }
  }

  private static void pins(Node root) throws VirtException {
    if (root.has("vcpu/@cpuset")) {
      NodeSets.parse(root, "vcpu/@cpuset");
    }
    Node tune = root.child("cputune");
    List<String> pinned = new ArrayList<>();
    for (Node part : tune == null ? List.<Node>of() : tune.children()) {
      if (part.name().endsWith("pin")) {
        NodeSets.parse(part, "@cpuset");
        String thread = part.name() + part.get("@vcpu", "") + part.get("@iothread", "");
        if (pinned.contains(thread)) {
          throw Refusal.xml(part.path(), "the same thread is pinned twice");
        }
        pinned.add(thread);
      }
      boolean period = part.name().endsWith("period");
      if (period && !within(part, MIN_QUOTA, 1_000_000)) {
        throw Refusal.xml(part.path(), "'" + part.text() + "' is not within 1000 to 1000000");
      }
      boolean quota = part.name().endsWith("quota") && !part.text().startsWith("-");
      if (quota && !within(part, MIN_QUOTA, MAX_QUOTA)) {
        throw Refusal.of(
            part.path(), "'" + part.text() + "' is not within " + MIN_QUOTA + " to " + MAX_QUOTA);
      }
      schedule(root, part, pinned);
    }
  }

  private static void schedule(Node root, Node part, List<String> threads) throws VirtException {
    if (part.name().equals("iothreadpin")
        && !ThreadsPart.ids(root).contains(part.get("@iothread"))) {
      throw Refusal.of(part.path("@iothread"), "there is no thread " + part.get("@iothread"));
    }
    if (part.name().matches("(cache|memory)tune")) {
      resources(root, part);
    }
    if (!part.name().endsWith("sched")) {
      return;
    }
    if (part.is("@scheduler", "fifo", "rr") && !part.has("@priority")) {
      throw Refusal.xml(part.path("@priority"), "missing");
    }
    if (part.has("@vcpus") && part.number("@vcpus") >= Numbers.parse(root.get("vcpu"))) {
      throw Refusal.of(part.path("@vcpus"), "there is no CPU " + part.get("@vcpus"));
    }
    String thread = part.name() + part.get("@vcpus", "") + part.get("@iothreads", "");
    if (threads.contains(thread)) {
      throw Refusal.xml(part.path(), "the same thread has two schedulers");
    }
    threads.add(thread);
  }

  /** Shares of the host's caches and of the way to its memory. */
  private static void resources(Node root, Node part) throws VirtException {
    List<String> nodes = new ArrayList<>();
    for (Node node : part.children("node")) {
      if (nodes.contains(node.get("@id")) || node.number("@bandwidth", 0) > MAX_BANDWIDTH) {
        throw Refusal.xml(node.path(), "is there twice, or asks for more than 100 per cent");
      }
      nodes.add(node.get("@id"));
    }
    if (!root.is("@type", "kvm")) {
      throw Refusal.of(part.path(), "is for machines of type 'kvm'");
    }
  }

  private static boolean within(Node part, long min, long max) {
    return part.text().matches("[0-9]{1,18}")
        && Long.parseLong(part.text()) >= min
        && Long.parseLong(part.text()) <= max;
  }

  /** Returns how many there are at the start, null for all; others are plugged in later. */
  private static Long atStart(Node root, Node vcpu) throws VirtException {
    Node vcpus = root.child("vcpus");
    if (vcpus == null) {
      return vcpu.number("@current");
    }
    return vcpus.children("vcpu").stream()
        .filter(each -> each.on("@enabled") && !each.on("@hotpluggable"))
        .count();
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Node vcpu = root.child("vcpu");
    long count = Numbers.parse(vcpu.text());
    Long current = atStart(root, vcpu);
    String online = current == null ? "" + count : current + ",maxcpus=" + count;
    Node topology = root.child("cpu/topology");
    if (topology == null) {
      out.add("-smp", online + ",sockets=" + count + ",cores=1,threads=1");
      return;
    }
    StringBuilder parts = new StringBuilder(online);
    for (String part : List.of("sockets", "dies", "cores", "threads")) {
      parts.append(',').append(part).append('=').append(topology.number("@" + part, 1));
    }
    out.add("-smp", parts.toString());
  }
}
