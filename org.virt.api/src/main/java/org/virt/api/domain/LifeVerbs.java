package org.virt.api.domain;

import java.util.Locale;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: starting and ending it otherwise than plainly. */
@ConsumerType
public interface LifeVerbs {
  /** Starts it. */
  default void create(Set<StartFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainCreateWithFlags");
  }

  /** Asks the guest to power off, by the first way that works of those given; none: any. */
  default void shutdown(Set<ShutdownMode> modes) throws VirtException {
    throw Unsupported.verb("virDomainShutdownFlags");
  }

  /** Asks the guest to reboot; see {@link #shutdown}. */
  default void reboot(Set<ShutdownMode> modes) throws VirtException {
    throw Unsupported.verb("virDomainReboot");
  }

  /** Ends it. */
  default void destroy(Set<DestroyFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainDestroyFlags");
  }

  /** Forgets its definition and what goes with it. */
  default void undefine(Set<UndefineFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainUndefineFlags");
  }

  /**
   * Gives a machine that is not active another name.
   *
   * @throws VirtException {@code OPERATION_INVALID} for one that is active or transient or has that
   *     name, {@code OPERATION_FAILED} when another machine has it
   */
  default void rename(String name) throws VirtException {
    throw Unsupported.verb("virDomainRename");
  }

  /**
   * Sets what becomes of a run when its guest ends it.
   *
   * @throws VirtException {@code INVALID_ARG} for an outcome that is only for a crash, {@code
   *     CONFIG_UNSUPPORTED} for one that the hypervisor does not have
   */
  default void setLifecycleAction(Occasion occasion, Outcome outcome, Affects affects)
      throws VirtException {
    throw Unsupported.verb("virDomainSetLifecycleAction");
  }

  /** Says whether its definition is another one than that which its run was started with. */
  default boolean isUpdated() throws VirtException {
    throw Unsupported.verb("virDomainIsUpdated");
  }

  /** Has the guest sleep, by its agent. */
  default void pmSuspend(SleepTarget target) throws VirtException {
    throw Unsupported.verb("virDomainPMSuspendForDuration");
  }

  /** Wakes a guest that sleeps in memory. */
  default void pmWakeup() throws VirtException {
    throw Unsupported.verb("virDomainPMWakeup");
  }

  /** How a machine is started ({@code virDomainCreateFlags}). */
  enum StartFlag implements Flag {
    PAUSED(1),
    /** It ends when the connection that started it does. */
    AUTODESTROY(2),
    BYPASS_CACHE(4),
    /** A managed save image is dropped, not restored. */
    FORCE_BOOT(8),
    VALIDATE(16),
    RESET_NVRAM(32);

    private final int bit;

    StartFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** How a guest is asked ({@code virDomainShutdownFlagValues}). */
  enum ShutdownMode implements Flag {
    ACPI(1),
    AGENT(2),
    INITCTL(4),
    SIGNAL(8),
    PARAVIRT(16);

    private final int bit;

    ShutdownMode(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** How a machine is ended ({@code virDomainDestroyFlagsValues}). */
  enum DestroyFlag implements Flag {
    /** A process that does not end when it is told is left alone, and that is an error. */
    GRACEFUL(1),
    REMOVE_LOGS(2);

    private final int bit;

    DestroyFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** What is forgotten with a definition ({@code virDomainUndefineFlagsValues}). */
  enum UndefineFlag implements Flag {
    MANAGED_SAVE(1),
    SNAPSHOTS_METADATA(2),
    NVRAM(4),
    KEEP_NVRAM(8),
    CHECKPOINTS_METADATA(16),
    TPM(32),
    KEEP_TPM(64);

    private final int bit;

    UndefineFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** How a guest ends a run ({@code virDomainLifecycle}); numbers are ordinals. */
  enum Occasion {
    POWEROFF,
    REBOOT,
    CRASH;

    /** Returns the element of domain XML. */
    public String element() {
      return "on_" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of a run then ({@code virDomainLifecycleAction}); numbers are ordinals. */
  enum Outcome {
    DESTROY,
    RESTART,
    RENAME_RESTART,
    PRESERVE,
    /** After a dump of its memory, as the next; of a crash only. */
    COREDUMP_DESTROY,
    COREDUMP_RESTART;

    /** Returns libvirt's word. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Says whether it can be the outcome of something. */
    public boolean isFor(Occasion occasion) {
      return occasion == Occasion.CRASH || compareTo(COREDUMP_DESTROY) < 0;
    }
  }

  /** How a guest sleeps ({@code virNodeSuspendTarget}); numbers are ordinals. */
  enum SleepTarget {
    MEM,
    DISK,
    HYBRID
  }
}
