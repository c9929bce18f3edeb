package org.virt.driver.remote.internal.transport;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;

/** A command on another host that hands bytes on to the socket there. */
final class SshChannel {
  private SshChannel() {}

  static ByteChannel open(Target target, Duration limit) throws IOException {
    SshClient client = client(target);
    try {
      client.start();
      String user = target.user().orElse(System.getProperty("user.name"));
      ClientSession session =
          client
              .connect(user, target.host(), port(client, user, target))
              .verify(limit)
              .getSession();
      try {
        session.auth().verify(limit);
      } catch (IOException e) {
        throw new IOException(
            "log in as %s: %s (keys without a password, in ~/.ssh or keyfile=, are what is tried)"
                .formatted(user, Transports.reason(e)),
            e);
      }
      ChannelExec relay = session.createExecChannel(SshRelay.command(target));
      relay.setRedirectErrorStream(false);
      relay.open().verify(limit);
      return new StreamChannel(
          new SshRelay.Output(relay.getInvertedOut(), relay.getInvertedErr()),
          relay.getInvertedIn(),
          client::close);
    } catch (IOException | RuntimeException e) {
      client.close();
      throw new IOException(
          "connect to %s by SSH: %s".formatted(target.host(), Transports.reason(e)), e);
    }
  }

  /** Returns the URI's port, else that of the user's ssh_config(5), else the standard one. */
  private static int port(SshClient client, String user, Target target) throws IOException {
    if (target.port(0) > 0) {
      return target.port(0);
    }
    HostConfigEntry entry =
        client
            .getHostConfigEntryResolver()
            .resolveEffectiveHost(target.host(), 0, null, user, null, null);
    return entry != null && entry.getPort() > 0 ? entry.getPort() : SshConstants.DEFAULT_PORT;
  }

  private static SshClient client(Target target) throws IOException {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(verifier(target));
    Optional<String> keyFile = target.option("keyfile");
    if (keyFile.isPresent()) {
      Path file = Path.of(keyFile.get());
      if (!Files.isReadable(file)) {
        throw new IOException("the key file " + file + " cannot be read");
      }
      client.setKeyIdentityProvider(new FileKeyPairProvider(List.of(file)));
    }
    return client;
  }

  /** A host that is not known is refused: nobody is there to be asked. */
  private static ServerKeyVerifier verifier(Target target) {
    if (target.isOn("no_verify") || "ignore".equals(target.options().get("known_hosts_verify"))) {
      return AcceptAllServerKeyVerifier.INSTANCE;
    }
    Path known =
        target
            .option("known_hosts")
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".ssh", "known_hosts"));
    return new KnownHostsServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE, known);
  }
}
