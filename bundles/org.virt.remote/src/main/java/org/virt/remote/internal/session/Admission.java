package org.virt.remote.internal.session;

import java.util.function.Predicate;
import org.virt.api.access.ClientIdentity;

/**
 * What a listener grants those who come by it.
 *
 * @param readOnly whether they may only look
 * @param asked whether they must ask to be admitted, by what is called polkit on the wire
 * @param admits who is admitted then
 */
public record Admission(boolean readOnly, boolean asked, Predicate<ClientIdentity> admits) {
  /** Admits everybody who can open the socket. */
  public static Admission everybody(boolean readOnly) {
    return new Admission(readOnly, false, identity -> true);
  }
}
