package org.virt.api;

import java.io.InputStream;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.domain.Flag;

/**
 * An open serial device of a machine. Closing it ends a blocked read; the machine does not notice.
 */
@ConsumerType
public interface Console extends AutoCloseable {
  /** Returns what the guest writes; it ends when the machine ends. */
  InputStream input();

  /** Returns what the guest reads; every write is handed on at once. */
  OutputStream output();

  @Override
  void close();

  /** How one is opened ({@code virDomainConsoleFlags}). */
  enum OpenFlag implements Flag {
    /** Whoever reads the device loses it. */
    FORCE(1),
    /** Only where one reader at a time can be made sure of; always so. */
    SAFE(2);

    private final int bit;

    OpenFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
