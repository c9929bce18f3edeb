package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.IoThreadVerbs;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Pins;

/** Threads for the disks of one machine. */
final class IoThreads extends Edits implements IoThreadVerbs {
  private static final String PREFIX = "iothread";
  private static final Pattern ALIAS = Pattern.compile(PREFIX + "([0-9]{1,6})");
  private static final String POOL_MIN = "thread-pool-min";

  IoThreads(MachineHost host, DomainId id) {
    super(host, id);
  }

  /** Returns what QEMU tells of each, by number. */
  private static Map<Integer, JsonElement> asked(Asking run) throws VirtException {
    Map<Integer, JsonElement> threads = new TreeMap<>();
    for (JsonElement thread : Json.array(run.execute("query-iothreads"))) {
      Matcher alias = ALIAS.matcher(Json.text(thread, "id"));
      if (alias.matches()) {
        threads.put(Integer.parseInt(alias.group(1)), thread);
      }
    }
    return threads;
  }

  /** Returns the host's thread of each, by number. */
  static Map<Integer, Long> threads(Asking run) throws VirtException {
    Map<Integer, Long> threads = new TreeMap<>();
    asked(run).forEach((number, thread) -> threads.put(number, Json.number(thread, "thread-id")));
    return threads;
  }

  /** Returns their figures as {@code domstats} names them. */
  static void figures(Asking run, TypedParameters.Builder out) throws VirtException {
    Map<Integer, JsonElement> threads = asked(run);
    out.uint("iothread.count", threads.size());
    threads.forEach(
        (number, thread) -> {
          for (String figure : new String[] {"poll-max-ns", "poll-grow", "poll-shrink"}) {
            out.ullong("iothread." + number + "." + figure, Json.number(thread, figure));
          }
        });
  }

  /** Has those of a run that starts run where its configuration says. */
  static void pinAll(Run run, DomainTree tree) throws VirtException {
    Map<Integer, Long> threads = threads(run);
    for (IoThread pin : Pins.ioThreads(tree, CpuVerbs.hostCpus())) {
      Long thread = threads.get(pin.number());
      if (thread != null) {
        ProcessFigures.pin(thread, pin.cpus());
      }
    }
  }

  @Override
  public List<IoThread> ioThreadInfo(Affects affects) throws VirtException {
    return look("get iothreads of", affects, tree -> Pins.ioThreads(tree, CpuVerbs.hostCpus()));
  }

  @Override
  public void addIoThread(int number, Affects affects) throws VirtException {
    change(
        "add an iothread to",
        affects,
        tree -> Pins.addIoThread(tree, number),
        run -> {
          run.execute("object-add", Json.object("qom-type", PREFIX, "id", PREFIX + number));
          DomainTree tree = DomainTree.of(run.live.xml());
          Pins.addIoThread(tree, number);
          if (Shares.isTuned(tree, Area.SCHEDULER)) {
            host.groups().change(run, tree, Area.SCHEDULER);
          }
        });
  }

  @Override
  public void delIoThread(int number, Affects affects) throws VirtException {
    change(
        "remove an iothread of",
        affects,
        tree -> Pins.removeIoThread(tree, number),
        run -> run.execute("object-del", Json.object("id", PREFIX + number)));
  }

  @Override
  public void pinIoThread(int number, CpuSet cpus, Affects affects) throws VirtException {
    change(
        "pin an iothread of",
        affects,
        tree -> Pins.pinIoThread(tree, number, cpus),
        run -> {
          Long thread = threads(run).get(number);
          if (thread != null) {
            ProcessFigures.pin(thread, cpus);
          }
        });
  }

  @Override
  public void setIoThreadParams(int number, TypedParameters parameters, Affects affects)
      throws VirtException {
    change(
        "set iothread parameters of",
        affects,
        new Both(
            tree -> Pins.poolIoThread(tree, number, pool(parameters, true)),
            tree -> Pins.poolIoThread(tree, number, pool(parameters, false))),
        run -> tell(run, number, parameters));
  }

  /** Returns what XML tells of how a thread works; how it polls is nothing of that. */
  private static Map<String, Long> pool(TypedParameters parameters, boolean live)
      throws VirtException {
    Map<String, Long> pool = new TreeMap<>();
    for (TypedParameter p : parameters.list()) {
      if (p.name().startsWith("thread_pool_")) {
        pool.put(p.name(), p.number());
      } else if (!live) {
        throw new VirtException(
            ErrorCode.OPERATION_UNSUPPORTED,
            "configuring persistent polling values is not supported");
      }
    }
    return pool;
  }

  private static void tell(Run run, int number, TypedParameters parameters) throws VirtException {
    String path = "/objects/" + PREFIX + number;
    List<TypedParameter> all = new ArrayList<>(parameters.list());
    JsonElement least = run.execute("qom-get", Json.object("path", path, "property", POOL_MIN));
    // The least is never above the most: what makes room goes first.
    all.sort(Comparator.comparing(p -> p.name().equals("thread_pool_max") ? 0 : 1));
    if (parameters.number("thread_pool_max").orElse(Long.MAX_VALUE) < least.getAsLong()) {
      Collections.reverse(all);
    }
    for (TypedParameter p : all) {
      String property = p.name().replace('_', '-');
      run.execute("qom-set", Json.object("path", path, "property", property, "value", p.number()));
    }
  }
}
