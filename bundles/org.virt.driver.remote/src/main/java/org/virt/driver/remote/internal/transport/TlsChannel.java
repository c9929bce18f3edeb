package org.virt.driver.remote.internal.transport;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ByteChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** TLS as libvirt has it: certificates of both ends, and a byte from the server that it agrees. */
final class TlsChannel {
  private static final int PORT = 16514;
  private static final int AGREED = 1;

  private TlsChannel() {}

  static ByteChannel open(Target target, Duration limit) throws IOException {
    Socket plain = Transports.connect(target, PORT, limit);
    try {
      SSLSocket socket =
          (SSLSocket)
              TlsFiles.of(target)
                  .context()
                  .getSocketFactory()
                  .createSocket(plain, target.host(), plain.getPort(), true);
      if (!target.isOn("no_verify")) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
      }
      socket.setSoTimeout((int) limit.toMillis());
      socket.startHandshake();
      if (socket.getInputStream().read() != AGREED) {
        throw new IOException("the server did not accept our certificate");
      }
      socket.setSoTimeout(0);
      // Closing the plain socket ends a write that is stuck, which closing TLS would wait for.
      return new StreamChannel(socket.getInputStream(), socket.getOutputStream(), plain);
    } catch (IOException e) {
      plain.close();
      throw e;
    } catch (GeneralSecurityException e) {
      plain.close();
      throw new IOException("prepare TLS: " + Transports.reason(e), e);
    }
  }
}
