package org.virt.api.domain;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/**
 * Facet of a machine: what the agent in the guest does. Errors: {@code AGENT_UNRESPONSIVE} when it
 * does not answer, {@code ARGUMENT_UNSUPPORTED} when the machine has no channel for it.
 */
@ConsumerType
public interface AgentVerbs {
  /** Freezes file systems, all when none is named; returns how many. */
  default int fsFreeze(List<String> mountpoints) throws VirtException {
    throw Unsupported.verb("virDomainFSFreeze");
  }

  /** Thaws file systems, all when none is named; returns how many. */
  default int fsThaw(List<String> mountpoints) throws VirtException {
    throw Unsupported.verb("virDomainFSThaw");
  }

  /** Has file systems discard free blocks in pieces of at least a size. */
  default void fsTrim(Optional<String> mountpoint, long minimumBytes) throws VirtException {
    throw Unsupported.verb("virDomainFSTrim");
  }

  /** Returns the mounted file systems. */
  default List<FileSystem> fsInfo() throws VirtException {
    throw Unsupported.verb("virDomainGetFSInfo");
  }

  /** Returns what the guest says of itself; no group: all that there is. */
  default TypedParameters guestInfo(Set<InfoGroup> groups) throws VirtException {
    throw Unsupported.verb("virDomainGetGuestInfo");
  }

  /** Returns the guest's host name. */
  default String hostname() throws VirtException {
    throw Unsupported.verb("virDomainGetHostname");
  }

  /** Returns the guest's clock. */
  default GuestTime time() throws VirtException {
    throw Unsupported.verb("virDomainGetTime");
  }

  /** Sets the guest's clock; absent: from its real time clock. */
  default void setTime(Optional<GuestTime> time) throws VirtException {
    throw Unsupported.verb("virDomainSetTime");
  }

  /** Sets the password of a user in the guest. */
  default void setUserPassword(String user, String password, PasswordForm form)
      throws VirtException {
    throw Unsupported.verb("virDomainSetUserPassword");
  }

  /** Returns the guest's network interfaces. */
  default List<GuestInterface> interfaceAddresses() throws VirtException {
    throw Unsupported.verb("virDomainInterfaceAddresses");
  }

  /** Returns the SSH keys that let somebody in as a user. */
  default List<String> authorizedSshKeys(String user) throws VirtException {
    throw Unsupported.verb("virDomainAuthorizedSSHKeysGet");
  }

  /** Changes those keys. */
  default void setAuthorizedSshKeys(String user, List<String> keys, KeyChange change)
      throws VirtException {
    throw Unsupported.verb("virDomainAuthorizedSSHKeysSet");
  }

  /** Limits how long the agent may take for an answer: seconds, or libvirt's −2 (block), −1, 0. */
  default void setResponseTimeout(int seconds) throws VirtException {
    throw Unsupported.verb("virDomainAgentSetResponseTimeout");
  }

  /**
   * A mounted file system.
   *
   * @param name of the device in the guest
   * @param disks targets of the disks that it is on
   */
  record FileSystem(String mountpoint, String name, String type, List<String> disks) {}

  /**
   * A time since 1970.
   *
   * @param nanoseconds below 10⁹
   */
  record GuestTime(long seconds, int nanoseconds) {}

  /** An interface in the guest; addresses as {@code address/prefix}. */
  record GuestInterface(String name, String mac, List<String> addresses) {}

  /** How a password is given. */
  enum PasswordForm {
    PLAIN,
    ENCRYPTED
  }

  /** What is done with keys. */
  enum KeyChange {
    REPLACE,
    APPEND,
    REMOVE
  }

  /** Groups of information ({@code virDomainGuestInfoTypes}). */
  enum InfoGroup implements Flag {
    USERS(1),
    OS(2),
    TIMEZONE(4),
    HOSTNAME(8),
    FILESYSTEM(16),
    DISKS(32),
    INTERFACES(64);

    private final int bit;

    InfoGroup(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
