package org.virt.model.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.IoThreadVerbs.IoThread;
import org.virt.api.xml.XmlElement;

/** Where parts of a machine run, and its threads for disks. */
public final class Pins {
  private static final String CPUTUNE = "cputune";
  private static final String IOTHREAD = "iothread";
  private static final String IOTHREADS = "iothreads";
  private static final String IOTHREADIDS = "iothreadids";

  private Pins() {}

  /**
   * Returns where each virtual CPU may run.
   *
   * @param all all CPUs of the host
   */
  public static List<CpuSet> vcpus(DomainTree tree, CpuSet all) throws VirtException {
    List<CpuSet> pins = new ArrayList<>();
    CpuSet usual = usual(tree, all);
    for (int vcpu = 0; vcpu < Sizes.maxVcpus(tree); vcpu++) {
      Optional<XmlElement> pin = pin(tree, "vcpupin", "vcpu", vcpu);
      pins.add(pin.isPresent() ? CpuSet.parse(pin.get().attribute("cpuset")) : usual);
    }
    return pins;
  }

  /** Sets where a virtual CPU may run. */
  public static void pinVcpu(DomainTree tree, int vcpu, CpuSet cpus) throws VirtException {
    if (vcpu < 0 || vcpu >= Sizes.maxVcpus(tree)) {
      throw DomainTree.invalid("requested vcpu '" + vcpu + "' is not present in the domain");
    }
    set(tree, "vcpupin", "vcpu", vcpu, cpus);
  }

  /** Returns where the rest of the process may run. */
  public static CpuSet emulator(DomainTree tree, CpuSet all) throws VirtException {
    Optional<XmlElement> pin = tree.find(CPUTUNE, "emulatorpin");
    return pin.isPresent() ? CpuSet.parse(pin.get().attribute("cpuset")) : usual(tree, all);
  }

  /** Sets where the rest of the process may run. */
  public static void pinEmulator(DomainTree tree, CpuSet cpus) {
    tree.make(CPUTUNE, "emulatorpin").set("cpuset", cpus.toString());
  }

  /** Returns the threads for disks. */
  public static List<IoThread> ioThreads(DomainTree tree, CpuSet all) throws VirtException {
    List<IoThread> threads = new ArrayList<>();
    CpuSet usual = usual(tree, all);
    for (int number : ioThreadNumbers(tree)) {
      Optional<XmlElement> pin = pin(tree, "iothreadpin", IOTHREAD, number);
      threads.add(
          new IoThread(
              number, pin.isPresent() ? CpuSet.parse(pin.get().attribute("cpuset")) : usual));
    }
    return threads;
  }

  /** Returns the numbers of the threads for disks, sorted. */
  public static List<Integer> ioThreadNumbers(DomainTree tree) {
    List<Integer> numbers = new ArrayList<>();
    tree.find(IOTHREADIDS)
        .ifPresent(
            ids ->
                ids.children(IOTHREAD)
                    .forEach(id -> numbers.add(Integer.parseInt(id.attribute("id")))));
    String count = tree.text(IOTHREADS);
    for (int next = 1; !count.isEmpty() && numbers.size() < Integer.parseInt(count); next++) {
      if (!numbers.contains(next)) {
        numbers.add(next);
      }
    }
    return numbers.stream().sorted().toList();
  }

  /** Adds a thread for disks. */
  public static void addIoThread(DomainTree tree, int number) throws VirtException {
    List<Integer> numbers = new ArrayList<>(ioThreadNumbers(tree));
    if (number < 1) {
      throw DomainTree.invalid("invalid iothread id of '" + number + "'");
    }
    if (numbers.contains(number)) {
      throw DomainTree.invalid("an IOThread is already using iothread_id '" + number + "'");
    }
    numbers.add(number);
    write(tree, numbers);
  }

  /** Removes a thread for disks. */
  public static void removeIoThread(DomainTree tree, int number) throws VirtException {
    List<Integer> numbers = new ArrayList<>(ioThreadNumbers(tree));
    requireIoThread(numbers, number);
    String used = Integer.toString(number);
    boolean busy =
        tree.find("devices").stream()
            .flatMap(devices -> devices.children().stream())
            .flatMap(device -> device.children("driver").stream())
            .anyMatch(driver -> used.equals(driver.attribute(IOTHREAD)));
    if (busy) {
      throw DomainTree.invalid("cannot remove IOThread " + number + " since it is being used");
    }
    numbers.remove((Integer) number);
    pin(tree, "iothreadpin", IOTHREAD, number).ifPresent(pin -> tree.prune(CPUTUNE, pin));
    write(tree, numbers);
  }

  /** Sets where a thread for disks may run. */
  public static void pinIoThread(DomainTree tree, int number, CpuSet cpus) throws VirtException {
    if (!ioThreadNumbers(tree).contains(number)) {
      throw DomainTree.invalid("iothreadid " + number + " not found");
    }
    set(tree, "iothreadpin", IOTHREAD, number, cpus);
  }

  private static void requireIoThread(List<Integer> numbers, int number) throws VirtException {
    if (!numbers.contains(number)) {
      throw DomainTree.invalid("cannot find IOThread '" + number + "' in iothreadids list");
    }
  }

  /**
   * Sets how many helpers a thread for disks has.
   *
   * @param pool {@code thread_pool_min} and {@code thread_pool_max}, those that are to change
   */
  public static void poolIoThread(DomainTree tree, int number, Map<String, Long> pool)
      throws VirtException {
    List<Integer> numbers = new ArrayList<>(ioThreadNumbers(tree));
    if (!numbers.contains(number)) {
      throw DomainTree.invalid("cannot find IOThread '" + number + "' in iothreadids");
    }
    if (pool.isEmpty()) {
      return;
    }
    write(tree, numbers);
    String id = Integer.toString(number);
    XmlElement thread =
        tree.make(IOTHREADIDS).children(IOTHREAD).stream()
            .filter(each -> id.equals(each.attribute("id")))
            .findFirst()
            .orElseThrow();
    pool.forEach((name, value) -> thread.set(name, Long.toString(value)));
  }

  private static void write(DomainTree tree, List<Integer> numbers) {
    XmlElement ids = tree.make(IOTHREADIDS);
    for (XmlElement id : ids.children(IOTHREAD)) {
      if (!numbers.remove((Integer) Integer.parseInt(id.attribute("id")))) {
        ids.remove(id);
      }
    }
    for (int number : numbers) {
      XmlElement id = new XmlElement("", IOTHREAD);
      id.set("id", Integer.toString(number));
      ids.append(id);
    }
    int count = ids.children().size();
    if (count == 0) {
      tree.root().remove(ids);
      tree.find(IOTHREADS).ifPresent(tree.root()::remove);
    } else {
      tree.make(IOTHREADS).setText(Integer.toString(count));
    }
  }

  private static CpuSet usual(DomainTree tree, CpuSet all) throws VirtException {
    String cpuset = tree.make("vcpu").attribute("cpuset");
    return cpuset == null ? all : CpuSet.parse(cpuset);
  }

  private static Optional<XmlElement> pin(
      DomainTree tree, String element, String attribute, int number) {
    String wanted = Integer.toString(number);
    return tree.find(CPUTUNE).stream()
        .flatMap(tune -> tune.children(element).stream())
        .filter(pin -> wanted.equals(pin.attribute(attribute)))
        .findFirst();
  }

  private static void set(
      DomainTree tree, String element, String attribute, int number, CpuSet cpus) {
    XmlElement pin =
        pin(tree, element, attribute, number)
            .orElseGet(
                () -> {
                  XmlElement made = new XmlElement("", element);
                  made.set(attribute, Integer.toString(number));
                  tree.make(CPUTUNE).append(made);
                  return made;
                });
    pin.set("cpuset", cpus.toString());
  }
}
