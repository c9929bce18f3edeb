package org.virt.driver.remote.internal.link;

import java.nio.channels.ByteChannel;
import java.time.Duration;
import org.virt.api.VirtException;
import org.virt.api.auth.Login;

/**
 * Where a line goes.
 *
 * @param name for messages
 * @param remoteName what is opened there
 * @param opener opens the way
 * @param logins says who comes, if that is asked
 */
public record OtherEnd(String name, String remoteName, Opener opener, Logins logins) {
  /** Opens the way to the other end. */
  @FunctionalInterface
  public interface Opener {
    ByteChannel open(Duration limit) throws VirtException;
  }

  /** Says who comes. */
  @FunctionalInterface
  public interface Logins {
    /** Returns who; closing is left to whoever made this. */
    Login login() throws VirtException;
  }
}
