package org.virt.driver.qemu.internal.machine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.QmpEvent;

/**
 * Sees to what happens to runs: their ends, changes of their state, what QEMU has done in the
 * background. Nothing of it is done on the thread that tells.
 */
final class Follower implements Starter.Hooks, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final int OBSERVERS = 4;
  private static final int ENDERS = 4;

  private final MachineHost host;
  private final Observer observer;

  /** Ends never wait for anybody who waits for an end: they have threads of their own. */
  private final ThreadPoolExecutor enders = Threads.pool("virt-qemu-end", ENDERS);

  private final ThreadPoolExecutor observers = Threads.pool("virt-qemu-observe", OBSERVERS);

  Follower(MachineHost host) {
    this.host = host;
    this.observer = new Observer(host.ender(), host.states(), host.files());
  }

  /** Has the end of a run's process noticed from now on, also if it has ended already. */
  void started(Machine machine, Run run) {
    run.events.listen(new Notices(machine, run));
    run.events.listen(event -> follow(machine, run, event));
    run.started();
    endIfDead(machine, run);
  }

  /** Does what is to be done once QEMU is done with something. */
  private void follow(Machine machine, Run run, QmpEvent event) {
    String name = event.text("device");
    if (event.name().equals("DEVICE_DELETED") && host.unplugger().expects(run, name)) {
      submit(observers, () -> host.unplugger().goneLater(machine, run, name));
    } else if (BlockJobEnd.isEnd(event)) {
      submit(observers, () -> new BlockJobEnd(host, machine, run).settleLater(name));
    }
  }

  @Override
  public void died(Machine machine, Run run) {
    endIfDead(machine, run);
  }

  private void endIfDead(Machine machine, Run run) {
    if (run.mayEnd()) {
      submit(
          enders,
          () -> {
            host.ender().ended(machine, run);
            host.forget(machine);
            run.ended.complete(null);
          });
    }
  }

  @Override
  public void changed(Machine machine, Run run) {
    submit(
        observers,
        () -> {
          try (Gate.Pass pass = machine.gate.enter("observe")) {
            if (run.takeChange()) {
              observer.look(machine, run);
            }
          } catch (VirtException e) {
            LOG.warn("{}", e.getMessage());
            lookAgain(machine, run);
          }
        });
  }

  /** Somebody has the machine for very long; what was told about it is not forgotten. */
  private static void lookAgain(Machine machine, Run run) {
    if (machine.run() == run && run.takeChange()) {
      run.change();
    }
  }

  /** Looks at a run that was found, before anybody else has it. */
  void take(Machine machine, Run run) {
    try (Gate.Pass pass = machine.gate.enter("recover")) {
      observer.look(machine, run);
      if (machine.run() == run && !run.dead.isDone()) {
        new BlockJobEnd(host, machine, run).settleMissed();
      }
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  CompletableFuture<Void> background(Runnable work) {
    return CompletableFuture.runAsync(work, observers);
  }

  /** Has the ports of a run protected that should be and are not; else they are shut. */
  void protect(Machine machine, Run run) {
    submit(observers, () -> protectNow(machine, run));
  }

  private void protectNow(Machine machine, Run run) {
    try (Gate.Pass pass = machine.gate.enter("protect")) {
      for (Port port : run.ports) {
        boolean open = port.filter() == Port.Filter.BOUND && machine.run() == run;
        if (open && host.ports().filters().hasManager() && !host.ports().filters().isBound(port)) {
          host.ports().filters().protect(run.live.config(), port);
        }
      }
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  private static void submit(ThreadPoolExecutor pool, Runnable work) {
    try {
      pool.execute(work);
    } catch (RejectedExecutionException e) {
      // The runtime stops; the next one finds the machine as it is then.
      LOG.debug("not done any more: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    observers.shutdown();
    enders.shutdown();
    observer.close();
  }
}
