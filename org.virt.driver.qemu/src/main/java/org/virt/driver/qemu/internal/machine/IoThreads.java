package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  IoThreads(MachineHost host, DomainId id) {
    super(host, id);
  }

  /** Returns the host's thread of each, by number. */
  static Map<Integer, Long> threads(Asking run) throws VirtException {
    Map<Integer, Long> threads = new TreeMap<>();
    for (JsonElement thread : Json.array(run.execute("query-iothreads"))) {
      String alias = Json.text(thread, "id");
      if (alias.matches(PREFIX + "[0-9]{1,6}")) {
        threads.put(
            Integer.parseInt(alias.substring(PREFIX.length())), Json.number(thread, "thread-id"));
      }
    }
    return threads;
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
          DomainTree tree = DomainTree.of(run.xml());
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
    Live live =
        run -> {
          for (TypedParameter p : parameters.list()) {
            JsonObject set =
                Json.object(
                    "path",
                    "/objects/" + PREFIX + number,
                    "property",
                    p.name().replace('_', '-'),
                    "value",
                    p.number());
            run.execute("qom-set", set);
          }
        };
    if (affects == Affects.CONFIG || affects == Affects.LIVE_AND_CONFIG) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "set iothread parameters: only of a running domain");
    }
    change("set iothread parameters of", Affects.LIVE, tree -> {}, live);
  }
}
