package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;

/** Figures that the host collects every 20 seconds. */
final class Performance {
  private static final int REAL_TIME = 20;

  private final Vim vim;

  /** The number of the counter, once it is known: there are hundreds to look through. */
  private volatile Optional<String> counter = Optional.empty();

  Performance(Vim vim) {
    this.vim = vim;
  }

  /**
   * Returns the CPU time of the last sample, as libvirt's driver does: the host keeps no total.
   * Zero when there is none.
   */
  Duration cpuTime(String action, Ref machine) throws VirtException {
    Ref manager = vim.manager(action, "perfManager");
    if (counter.isEmpty()) {
      counter = find(action, manager);
    }
    return counter.isEmpty()
        ? Duration.ZERO
        : Duration.ofMillis(last(action, manager, machine, counter.get()));
  }

  private Optional<String> find(String action, Ref manager) throws VirtException {
    Node counters = Query.one(vim, action, manager, "perfCounter").node("perfCounter");
    return counters.children().stream()
        .filter(one -> one.text("groupInfo.key").equals("cpu"))
        .filter(one -> one.text("nameInfo.key").equals("used"))
        .filter(one -> one.text("unitInfo.key").equals("millisecond"))
        .map(one -> one.text("key"))
        .findFirst();
  }

  private long last(String action, Ref manager, Ref machine, String id) throws VirtException {
    Body body =
        new Body()
            .open("querySpec")
            .ref("entity", machine)
            .text("maxSample", 1)
            .open("metricId")
            .text("counterId", id)
            .text("instance", "")
            .close("metricId")
            .text("intervalId", REAL_TIME)
            .close("querySpec");
    Node answer = vim.ask(action, "QueryPerf", manager, body);
    return answer.at("returnval.value").number("value", 0);
  }
}
