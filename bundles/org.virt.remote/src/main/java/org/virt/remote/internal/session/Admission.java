package org.virt.remote.internal.session;

import java.util.function.Predicate;
import org.virt.api.access.ClientIdentity;

/**
 * What a listener grants those who come by it.
 *
 * @param readOnly whether they may only look
 * @param way how they prove who they are
 * @param admits who is admitted then
 */
public record Admission(boolean readOnly, Way way, Predicate<ClientIdentity> admits) {
  /** How clients prove who they are; libvirt's numbers ({@code remote_auth_type}). */
  public enum Way {
    /** Not at all: whoever has come is admitted. */
    NONE,
    /** By a password. */
    SASL,
    /** The kernel has told who they are; they ask to be admitted. */
    POLKIT
  }

  /** Admits everybody who can open the socket. */
  public static Admission everybody(boolean readOnly) {
    return new Admission(readOnly, Way.NONE, identity -> true);
  }

  /** Admits everybody who knows a password. */
  public static Admission byPassword() {
    return new Admission(false, Way.SASL, identity -> true);
  }

  /** Says whether they have to authenticate. */
  public boolean asked() {
    return way != Way.NONE;
  }
}
