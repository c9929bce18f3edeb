package org.virt.api;

import java.io.InputStream;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ConsumerType;

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
}
