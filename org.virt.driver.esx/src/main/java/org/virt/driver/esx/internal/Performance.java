package org.virt.driver.esx.internal;

import java.time.Duration;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;

/** Figures that the host collects every 20 seconds. */
final class Performance {
  private static final int REAL_TIME = 20;

  private final Vim vim;

  Performance(Vim vim) {
    this.vim = vim;
  }

  /**
   * Returns the CPU time of the last sample, as libvirt's driver does: the host keeps no total.
   * Zero when there is none.
   */
  Duration cpuTime(String action, Ref machine) throws VirtException {
    Ref manager = vim.manager(action, "perfManager");
    Node counters = Query.one(vim, action, manager, "perfCounter").node("perfCounter");
    for (Node counter : counters.children()) {
      if (counter.text("groupInfo.key").equals("cpu")
          && counter.text("nameInfo.key").equals("used")
          && counter.text("unitInfo.key").equals("millisecond")) {
        return Duration.ofMillis(last(action, manager, machine, counter.text("key")));
      }
    }
    return Duration.ZERO;
  }

  private long last(String action, Ref manager, Ref machine, String counter) throws VirtException {
    Body body =
        new Body()
            .open("querySpec")
            .ref("entity", machine)
            .text("maxSample", 1)
            .open("metricId")
            .text("counterId", counter)
            .text("instance", "")
            .close("metricId")
            .text("intervalId", REAL_TIME)
            .close("querySpec");
    Node answer = vim.ask(action, "QueryPerf", manager, body);
    return answer.at("returnval.value").number("value", 0);
  }
}
