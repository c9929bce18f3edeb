package org.virt.driver.remote.internal.calls;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.DomainId;
import org.virt.api.VirtException;
import org.virt.api.domain.Flag;
import org.virt.driver.remote.internal.link.LinkStream;

/**
 * A serial device on the other end.
 *
 * @param stream its bytes
 */
public record StreamConsole(LinkStream stream) implements Console {
  /** So much of what a guest writes may wait to be read. */
  private static final int WAITING_MAX = 16 * 1024 * 1024;

  /** Opens one; an empty device is the first. */
  public static Console open(Far far, DomainId id, String device, Set<OpenFlag> flags)
      throws VirtException {
    LinkStream stream = new LinkStream(WAITING_MAX);
    new FarDomain(far, id)
        .open(stream, "domain_open_console", device.isEmpty() ? null : device, Flag.word(flags));
    return new StreamConsole(stream);
  }

  @Override
  public InputStream input() {
    return stream.input();
  }

  @Override
  public OutputStream output() {
    return stream.output();
  }

  @Override
  public void close() {
    stream.close();
  }
}
