package org.virt.shell.internal.commands;

import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.BlockJob;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;
import org.virt.api.domain.DomainNotice;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;

/**
 * Waits for a job on a disk. The machine's events say at once when it is over; between them it is
 * looked at, for how far it is, and for drivers that tell nothing.
 */
final class BlockJobWait {
  private static final int LOOK_MILLIS = 500;

  private BlockJobWait() {}

  /**
   * Waits until a job is over, or has done all and waits for its end itself; returns whether it
   * waits. One that takes too long, or whose user interrupts, is ended.
   */
  static boolean isReady(Invocation call, BlockJobVerbs verbs, String name) throws Exception {
    Interruption interruption = new Interruption(call.peer());
    DomainId domain = call.domain().id();
    try (Subscription subscription = call.connect().subscribe(waking(domain, interruption))) {
      return isReady(call, verbs, name, interruption);
    }
  }

  private static boolean isReady(
      Invocation call, BlockJobVerbs verbs, String name, Interruption interruption)
      throws Exception {
    String path = call.arguments().required(BlockJobCommands.PATH);
    long seconds = Verbs.number(call, "timeout").orElse(Integer.MAX_VALUE);
    long deadline = System.nanoTime() + seconds * 1_000_000_000L;
    boolean goesOn = true;
    while (goesOn) {
      Optional<BlockJob> job = verbs.blockJobInfo(path);
      if (job.isEmpty()) {
        return false;
      }
      if (call.arguments().has("verbose")) {
        call.out().print("\r" + name + ": [" + BlockJobCommands.percent(job.get()) + " %]");
        call.out().flush();
      }
      if (isReady(job.get())) {
        return true;
      }
      goesOn = System.nanoTime() <= deadline && interruption.pause(LOOK_MILLIS);
    }
    verbs.blockJobAbort(path, Set.of());
    throw new CommandException(name + " aborted");
  }

  private static boolean isReady(BlockJob job) {
    boolean mirrors = job.type() == BlockJobType.COPY || job.type() == BlockJobType.ACTIVE_COMMIT;
    return mirrors && job.current() == job.end() && job.end() > 0;
  }

  private static DomainListener waking(DomainId domain, Interruption interruption) {
    return new DomainListener() {
      @Override
      public void event(DomainEvent event) {
        if (event.domain().equals(domain)) {
          interruption.wake();
        }
      }

      @Override
      public void notice(DomainNotice notice) {
        if (notice.subject().id().equals(domain)) {
          interruption.wake();
        }
      }
    };
  }
}
