package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.MemoryVerbs;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.model.edit.Sizes;

/** Memory of one machine: the balloon is how a run changes its own. */
final class BalloonVerbs extends Edits implements MemoryVerbs {
  private static final long KIB = 1024;

  /** QEMU's names of what the guest tells (qapi, {@code guest-stats}); bytes where KiB is due. */
  private static final Map<String, Tag> BYTES =
      Map.of(
          "stat-swap-in", Tag.SWAP_IN,
          "stat-swap-out", Tag.SWAP_OUT,
          "stat-free-memory", Tag.UNUSED,
          "stat-total-memory", Tag.AVAILABLE,
          "stat-available-memory", Tag.USABLE,
          "stat-disk-caches", Tag.DISK_CACHES);

  private static final Map<String, Tag> COUNTS =
      Map.of(
          "stat-major-faults", Tag.MAJOR_FAULT,
          "stat-minor-faults", Tag.MINOR_FAULT,
          "stat-htlb-pgalloc", Tag.HUGETLB_PGALLOC,
          "stat-htlb-pgfail", Tag.HUGETLB_PGFAIL);

  BalloonVerbs(MachineHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public void setMemory(long kib, Affects affects) throws VirtException {
    change(
        "set memory of",
        affects,
        tree -> Sizes.memory(tree, kib),
        run -> {
          requireBalloon(run);
          run.execute("balloon", Json.object("value", kib * KIB));
        });
  }

  @Override
  public void setMaxMemory(long kib, Affects affects) throws VirtException {
    change(
        "set maximum memory of",
        affects,
        tree -> Sizes.maxMemory(tree, kib),
        Live.impossible("cannot resize the maximum memory on an active domain"));
  }

  @Override
  public void setMemoryStatsPeriod(int seconds, Affects affects) throws VirtException {
    if (seconds < 0) {
      throw new VirtException(ErrorCode.INVALID_ARG, "invalid value for collection period");
    }
    change(
        "set memory statistics period of",
        affects,
        tree -> {
          XmlElement balloon = tree.make("devices", "memballoon");
          if (seconds > 0) {
            balloon.make("stats").set("period", Integer.toString(seconds));
          } else {
            balloon.child("stats").ifPresent(balloon::remove);
          }
        },
        run -> {
          requireBalloon(run);
          run.execute(
              "qom-set",
              Json.object(
                  "path", path(run), "property", "guest-stats-polling-interval", "value", seconds));
        });
  }

  private static void requireBalloon(Run run) throws VirtException {
    if (alias(run).isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "the domain has no memory balloon device");
    }
  }

  private static String alias(Run run) throws VirtException {
    return run.live
        .tree()
        .find("devices", "memballoon")
        .filter(b -> !"none".equals(b.attribute("model")))
        .flatMap(b -> b.child("alias"))
        .map(a -> a.attribute("name"))
        .orElse("");
  }

  private static String path(Run run) throws VirtException {
    return "/machine/peripheral/" + alias(run);
  }

  @Override
  public List<MemoryStat> memoryStats() throws VirtException {
    Run run = host.find(id).active("get memory statistics of");
    return stats(run, run);
  }

  private static JsonObject guestStats(Run run) throws VirtException {
    return Json.object("path", path(run), "property", "guest-stats");
  }

  /** Asks for the figures of a run before they are needed. */
  static void ask(Run run, Questions questions) throws VirtException {
    if (alias(run).isEmpty()) {
      return;
    }
    if (!run.known.hasBalloon()) {
      questions.give("query-balloon", new JsonObject());
    }
    if (isPolled(run)) {
      questions.give("qom-get", guestStats(run));
    }
  }

  /** Returns the figures of a run. */
  static List<MemoryStat> stats(Run run, Asking asking) throws VirtException {
    List<MemoryStat> stats = new ArrayList<>();
    if (alias(run).isEmpty()) {
      stats.add(new MemoryStat(Tag.ACTUAL, run.live.config().memory.kib()));
    } else {
      long actual = run.known.balloon(() -> Json.number(asking.execute("query-balloon"), "actual"));
      stats.add(new MemoryStat(Tag.ACTUAL, actual / KIB));
      if (isPolled(run)) {
        polled(asking.execute("qom-get", guestStats(run)).getAsJsonObject(), stats);
      }
    }
    stats.add(new MemoryStat(Tag.RSS, ProcessFigures.residentKib(run.process().id().pid())));
    return stats;
  }

  /** Says whether QEMU asks the guest from time to time; else it knows nothing. */
  private static boolean isPolled(Run run) throws VirtException {
    return run.live.tree().find("devices", "memballoon", "stats").isPresent();
  }

  private static void polled(JsonObject told, List<MemoryStat> stats) {
    long update = Json.number(told, "last-update");
    if (update > 0) {
      guest(Json.child(told, "stats"), stats);
      stats.add(new MemoryStat(Tag.LAST_UPDATE, update));
    }
  }

  /** What the guest does not tell is all ones. */
  private static void guest(JsonObject told, List<MemoryStat> stats) {
    for (String name : told.keySet()) {
      long value = told.get(name).getAsBigInteger().longValue();
      Tag bytes = BYTES.get(name);
      Tag count = COUNTS.get(name);
      if (value != -1 && bytes != null) {
        stats.add(new MemoryStat(bytes, value / KIB));
      } else if (value != -1 && count != null) {
        stats.add(new MemoryStat(count, value));
      }
    }
  }
}
