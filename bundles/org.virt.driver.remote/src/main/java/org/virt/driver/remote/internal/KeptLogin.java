package org.virt.driver.remote.internal;

import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Login;
import org.virt.driver.remote.internal.link.OtherEnd.Logins;

/**
 * Who comes, found out once and kept until it is closed: a connection that is made again has nobody
 * to ask.
 */
final class KeptLogin implements Logins, AutoCloseable {
  private final Logins finder;
  private Login found;
  private boolean closed;

  KeptLogin(Logins finder) {
    this.finder = finder;
  }

  @Override
  public synchronized Login login() throws VirtException {
    if (closed) {
      throw new VirtException(ErrorCode.INVALID_CONN, "log in: the connection is closed");
    }
    if (found == null) {
      found = finder.login();
    }
    return found;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (found != null) {
      found.close();
    }
  }
}
