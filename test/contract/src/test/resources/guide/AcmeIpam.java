package org.example.acme;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.virt.api.MacAddress;

/** Who knows the addresses for the guide's learner. */
interface AcmeIpam extends AutoCloseable {
  static AcmeIpam watch(
      MacAddress mac,
      BiConsumer<InetAddress, Duration> leased,
      Consumer<InetAddress> released,
      Consumer<String> failed) {
    throw new UnsupportedOperationException();
  }

  @Override
  void close();
}
