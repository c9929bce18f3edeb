package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.Query.Found;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.driver.esx.internal.soap.VimFault;

/**
 * Properties that the host tells of when they change: a request that it leaves open until then
 * (WaitForUpdatesEx), to a collector of our own. One thread waits; any may close it, which ends the
 * waiting.
 */
final class Watch implements AutoCloseable {
  /** How long the host leaves a request open when nothing changes. */
  private static final long LONGEST_SECONDS = 60;

  private final Vim vim;
  private final String action;
  private final Ref collector;
  private String version = "";

  private Watch(Vim vim, String action, Ref collector) {
    this.vim = vim;
    this.action = action;
    this.collector = collector;
  }

  /** Begins to watch what a query asks for. */
  static Watch open(Vim vim, String action, Query query) throws VirtException {
    Ref common = vim.manager(action, "propertyCollector");
    Node made = vim.ask(action, "CreatePropertyCollector", common, new Body());
    Watch watch = new Watch(vim, action, made.at("returnval").ref());
    try {
      vim.ask(
          action,
          "CreateFilter",
          watch.collector,
          query.spec("spec").text("partialUpdates", false));
      return watch;
    } catch (VirtException e) {
      watch.close();
      throw e;
    }
  }

  /**
   * Returns what has changed since the last call, the first time what there is.
   *
   * @param atMost how long to wait
   * @return empty when nothing has changed for so long, or for a minute
   */
  List<Found> await(Duration atMost) throws VirtException {
    long seconds = Math.max(1, Math.min(LONGEST_SECONDS, atMost.toSeconds()));
    Body body = new Body().text("version", version);
    body.open("options").text("maxWaitSeconds", seconds).close("options");
    Node set;
    try {
      Duration within = vim.limit().plusSeconds(seconds);
      set = vim.request(action, "WaitForUpdatesEx", collector, body, within).at("returnval");
    } catch (VimFault e) {
      throw vim.error(action, e);
    }
    if (set.children().isEmpty()) {
      return List.of();
    }
    version = set.text("version");
    List<Found> changed = new ArrayList<>();
    for (Node filter : set.all("filterSet")) {
      for (Node object : filter.all("objectSet")) {
        Map<String, Node> values = new LinkedHashMap<>();
        object.all("changeSet").forEach(one -> values.put(one.text("name"), one.at("val")));
        changed.add(new Found(object.at("obj").ref(), values));
      }
    }
    return changed;
  }

  /** Ends it; without this the host would go on with a request that nobody waits for. */
  @Override
  public void close() {
    vim.tell("DestroyPropertyCollector", collector);
  }
}
