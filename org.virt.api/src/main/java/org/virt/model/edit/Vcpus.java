package org.virt.model.edit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.VcpuVerbs.Plug;
import org.virt.api.xml.XmlElement;

/**
 * Which virtual CPUs of a machine are there, one by one ({@code <vcpus>}); without that element the
 * first ones are.
 */
public final class Vcpus {
  private static final String VCPUS = "vcpus";
  private static final String YES = "yes";

  /**
   * One virtual CPU.
   *
   * @param number from 0
   * @param enabled whether it is there
   * @param hotpluggable whether it may go, and comes after the machine has started
   * @param order in which it came, from 1; 0 when that is not told
   */
  public record Vcpu(int number, boolean enabled, boolean hotpluggable, int order) {}

  private Vcpus() {}

  /** Says whether a machine tells of each. */
  public static boolean areListed(DomainTree tree) {
    return tree.find(VCPUS).isPresent();
  }

  /** Returns all, in the order of their numbers. */
  public static List<Vcpu> of(DomainTree tree) {
    List<Vcpu> all = new ArrayList<>();
    int there = Sizes.vcpus(tree);
    for (int i = 0; i < Sizes.maxVcpus(tree); i++) {
      boolean enabled = i < there;
      all.add(new Vcpu(i, enabled, !enabled, 0));
    }
    Optional<XmlElement> listed = tree.find(VCPUS);
    if (listed.isPresent()) {
      for (XmlElement each : listed.get().children("vcpu")) {
        int number = Integer.parseInt(each.attribute("id"));
        String order = each.attribute("order");
        all.set(
            number,
            new Vcpu(
                number,
                YES.equals(each.attribute("enabled")),
                YES.equals(each.attribute("hotpluggable")),
                order == null ? 0 : Integer.parseInt(order)));
      }
    }
    return all;
  }

  /** Returns those that come after the start of the machine, in the order in which they do. */
  public static List<Vcpu> later(DomainTree tree) {
    return of(tree).stream()
        .filter(vcpu -> vcpu.enabled() && vcpu.hotpluggable())
        .sorted(Comparator.comparingInt(Vcpu::order).thenComparingInt(Vcpu::number))
        .toList();
  }

  /** Numbers those that are there in the order in which they came to a machine that starts. */
  public static void number(DomainTree tree) {
    List<Vcpu> all = new ArrayList<>(of(tree));
    order(all);
    write(tree, all);
  }

  /**
   * Sets how many are there at the next start.
   *
   * @param hotpluggable whether those that come may go again
   */
  public static void count(DomainTree tree, int count, boolean hotpluggable) throws VirtException {
    require(count > 0, "requested cpu amount must not be zero");
    List<Vcpu> all = new ArrayList<>(of(tree));
    grow(all, count, hotpluggable);
    shrink(all, count, vcpu -> true);
    write(tree, unordered(all));
  }

  /** Sets how many of a running machine are there: those that come may go again. */
  public static void countLive(DomainTree tree, int count) throws VirtException {
    require(count > 0, "requested cpu amount must not be zero");
    List<Vcpu> all = started(tree);
    grow(all, count, true);
    shrink(all, count, Vcpu::hotpluggable);
    if (all.stream().filter(Vcpu::enabled).count() != count) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "failed to find appropriate hotpluggable vcpus to reach the desired target vcpu count");
    }
    write(tree, all);
  }

  /** Has there be as many at least; those with the least numbers come. */
  private static void grow(List<Vcpu> all, int count, boolean hotpluggable) {
    long there = all.stream().filter(Vcpu::enabled).count();
    for (int i = 0; i < all.size() && there < count; i++) {
      if (!all.get(i).enabled()) {
        all.set(i, new Vcpu(i, true, hotpluggable, next(all)));
        there++;
      }
    }
  }

  /** Has there be as many at most; those with the greatest numbers go. */
  private static void shrink(List<Vcpu> all, int count, Predicate<Vcpu> mayGo) {
    long there = all.stream().filter(Vcpu::enabled).count();
    for (int i = all.size() - 1; i > 0 && there > count; i--) {
      if (all.get(i).enabled() && mayGo.test(all.get(i))) {
        all.set(i, new Vcpu(i, false, true, 0));
        there--;
      }
    }
  }

  /** Sets which are there at the next start. */
  public static void setKept(DomainTree tree, CpuSet numbers, Plug plug) throws VirtException {
    List<Vcpu> all = new ArrayList<>(of(tree));
    for (int number : numbers.cpus()) {
      require(number != 0, "vCPU '0' can't be modified");
      requireThere(all, number, "persistent");
      all.set(number, new Vcpu(number, plug == Plug.IN, true, 0));
    }
    write(tree, unordered(all));
  }

  /** Sets which of a running machine are there, one at a time. */
  public static void setLive(DomainTree tree, CpuSet numbers, Plug plug) throws VirtException {
    List<Vcpu> all = started(tree);
    for (int number : numbers.cpus()) {
      requireThere(all, number, "live");
      Vcpu vcpu = all.get(number);
      require(
          vcpu.enabled() != (plug == Plug.IN),
          "vcpu '" + number + "' is already in requested state");
      if (vcpu.enabled() && !vcpu.hotpluggable()) {
        throw new VirtException(
            ErrorCode.OPERATION_UNSUPPORTED, "vcpu '" + number + "' can't be unplugged");
      }
      all.set(number, moved(all, number, plug));
    }
    if (numbers.cpus().size() > 1) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "only one hotpluggable entity can be selected");
    }
    write(tree, all);
  }

  /** Tells of one of a running machine that it came or went. */
  public static void set(DomainTree tree, Plug plug, int number) {
    List<Vcpu> all = started(tree);
    all.set(number, moved(all, number, plug));
    write(tree, all);
  }

  private static Vcpu moved(List<Vcpu> all, int number, Plug plug) {
    return plug == Plug.IN
        ? new Vcpu(number, true, true, next(all))
        : new Vcpu(number, false, true, 0);
  }

  private static void require(boolean right, String otherwise) throws VirtException {
    if (!right) {
      throw DomainTree.invalid(otherwise);
    }
  }

  private static void requireThere(List<Vcpu> all, int number, String where) throws VirtException {
    require(number < all.size(), "vcpu " + number + " is not present in " + where + " config");
  }

  /** Returns those of a running machine, each that is there with its order. */
  private static List<Vcpu> started(DomainTree tree) {
    List<Vcpu> all = new ArrayList<>(of(tree));
    if (all.stream().noneMatch(vcpu -> vcpu.order() > 0)) {
      order(all);
    }
    return all;
  }

  /** What is there at the start comes first. */
  private static void order(List<Vcpu> all) {
    List<Vcpu> coming =
        all.stream()
            .filter(Vcpu::enabled)
            .sorted(
                Comparator.comparing(Vcpu::hotpluggable)
                    .thenComparingInt(Vcpu::order)
                    .thenComparingInt(Vcpu::number))
            .toList();
    for (int i = 0; i < coming.size(); i++) {
      Vcpu vcpu = coming.get(i);
      all.set(vcpu.number(), new Vcpu(vcpu.number(), true, vcpu.hotpluggable(), i + 1));
    }
  }

  private static List<Vcpu> unordered(List<Vcpu> all) {
    return all.stream().map(v -> new Vcpu(v.number(), v.enabled(), v.hotpluggable(), 0)).toList();
  }

  private static int next(List<Vcpu> all) {
    return 1 + all.stream().mapToInt(Vcpu::order).max().orElse(0);
  }

  private static void write(DomainTree tree, List<Vcpu> all) {
    XmlElement listed = tree.make(VCPUS);
    listed.children("vcpu").forEach(listed::remove);
    for (Vcpu vcpu : all) {
      XmlElement each = new XmlElement("", "vcpu");
      each.set("id", Integer.toString(vcpu.number()));
      each.set("enabled", vcpu.enabled() ? YES : "no");
      each.set("hotpluggable", vcpu.hotpluggable() ? YES : "no");
      if (vcpu.enabled() && vcpu.order() > 0) {
        each.set("order", Integer.toString(vcpu.order()));
      }
      listed.append(each);
    }
    long there = all.stream().filter(Vcpu::enabled).count();
    XmlElement count = tree.make("vcpu");
    if (there == all.size()) {
      count.remove("current");
    } else {
      count.set("current", Long.toString(there));
    }
  }
}
