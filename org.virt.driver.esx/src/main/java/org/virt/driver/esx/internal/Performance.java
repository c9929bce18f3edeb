package org.virt.driver.esx.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;

/** Figures of machines that the host collects every 20 seconds (QueryPerf). */
final class Performance {
  private static final int REAL_TIME = 20;

  private final Vim vim;

  /** Numbers of the counters, once they are known: there are hundreds to look through. */
  private volatile Map<Counter, String> counters = Map.of();

  Performance(Vim vim) {
    this.vim = vim;
  }

  /** What is counted, by VMware's names: group, counter, and what becomes of the samples. */
  enum Counter {
    /** CPU time within the sample, ms. */
    CPU_USED("cpu.used.summation"),
    /** CPU time that the host's kernel took for it within the sample, ms. */
    CPU_SYSTEM("cpu.system.summation"),
    /** Memory of the host that the machine takes, KiB. */
    MEMORY_CONSUMED("mem.consumed.average"),
    /** Memory that the balloon in the guest has taken, KiB. */
    MEMORY_BALLOON("mem.vmmemctl.average");

    private final String name;

    Counter(String name) {
      this.name = name;
    }
  }

  /**
   * Returns the last sample of machines; one request. What the host does not count, and machines
   * without a sample, are absent.
   */
  Map<Ref, Map<Counter, Long>> last(String action, List<Ref> machines) throws VirtException {
    if (machines.isEmpty()) {
      return Map.of();
    }
    Ref manager = vim.manager(action, "perfManager");
    if (counters.isEmpty()) {
      counters = find(action, manager);
    }
    Map<String, Counter> known = new HashMap<>();
    counters.forEach((counter, number) -> known.put(number, counter));
    Body body = new Body();
    machines.forEach(machine -> query(body, machine, known));
    Node answer = vim.ask(action, "QueryPerf", manager, body);
    Map<Ref, Map<Counter, Long>> figures = new HashMap<>();
    for (Node one : answer.all("returnval")) {
      Map<Counter, Long> of = figures.computeIfAbsent(one.at("entity").ref(), r -> new HashMap<>());
      for (Node series : one.all("value")) {
        Counter counter = known.get(series.text("id.counterId"));
        List<Node> samples = series.all("value");
        if (counter != null && !samples.isEmpty()) {
          of.put(counter, series.number("value", 0));
        }
      }
    }
    return figures;
  }

  private static void query(Body body, Ref machine, Map<String, Counter> known) {
    body.open("querySpec").ref("entity", machine).text("maxSample", 1);
    for (String number : known.keySet()) {
      body.open("metricId").text("counterId", number).text("instance", "").close("metricId");
    }
    body.text("intervalId", REAL_TIME).close("querySpec");
  }

  private Map<Counter, String> find(String action, Ref manager) throws VirtException {
    Node all = Query.one(vim, action, manager, "perfCounter").node("perfCounter");
    Map<Counter, String> found = new HashMap<>();
    for (Node one : all.children()) {
      String name =
          "%s.%s.%s"
              .formatted(
                  one.text("groupInfo.key"), one.text("nameInfo.key"), one.text("rollupType"));
      for (Counter counter : Counter.values()) {
        if (counter.name.equals(name)) {
          found.put(counter, one.text("key"));
        }
      }
    }
    return found;
  }
}
