package org.virt.api;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.Console.OpenFlag;

/**
 * A handle of one machine. It keeps no state: every call asks the driver. Errors of all methods:
 * {@code NO_DOMAIN} when the machine is gone, {@code OPERATION_INVALID} when its state does not
 * allow the call, and those of {@link Connect}.
 */
@ProviderType
public interface Domain {
  /** Returns its UUID. */
  DomainId id();

  /** Returns its place in the list of machines, now. */
  DomainSummary summary() throws VirtException;

  /** Returns its size and use, now. */
  DomainInfo info() throws VirtException;

  /** Returns its domain XML. */
  String xml(XmlView view) throws VirtException;

  /** Starts it. Its filtered interfaces come up with their rules in force, or closed. */
  void start() throws VirtException;

  /** Asks the guest to power off; returns when it was asked. */
  void shutdown() throws VirtException;

  /** Asks the guest to reboot; returns when it was asked. */
  void reboot() throws VirtException;

  /** Resets it as by its reset button. */
  void reset() throws VirtException;

  /** Stops its virtual CPUs. */
  void suspend() throws VirtException;

  /** Lets its virtual CPUs go on. */
  void resume() throws VirtException;

  /** Ends it at once; returns when it has ended. */
  void destroy() throws VirtException;

  /** Forgets its definition; an active machine goes on as a transient one. */
  void undefine() throws VirtException;

  /** Has it started with the host, or not. */
  void autostart(Autostart autostart) throws VirtException;

  /**
   * Opens a serial device for reading and writing; one reader at a time.
   *
   * @param device the alias of the device, such as {@code serial0}; empty for the first
   * @throws VirtException {@code DEVICE_MISSING}; {@code RESOURCE_BUSY} when somebody else reads it
   *     and is not to lose it
   */
  Console console(String device, Set<OpenFlag> flags) throws VirtException;

  /** As the other, without flags. */
  default Console console(String device) throws VirtException {
    return console(device, Set.of());
  }

  /**
   * Returns what else can be done with it of a kind: an interface of {@code org.virt.api.domain},
   * or any other that its driver has. It is always returned; a call that the driver does not have
   * answers {@code NO_SUPPORT}.
   */
  <F> F facet(Class<F> type);

  /** Which of a machine's two configurations is meant. */
  enum XmlView {
    /** That of the run when it is active, else the definition. */
    LIVE,
    /** That of the next start. */
    INACTIVE
  }

  /** Whether a machine starts with the host. */
  enum Autostart {
    ON,
    OFF
  }
}
