package org.virt.driver.remote.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;

/** Over an SSH server of the test's, which runs what it is told by a shell. */
@Timeout(60)
class SshTest extends PeerTest {
  private static final Path NETCAT = Path.of("/usr/bin/nc");
  private static final int KEY_BITS = 256;

  @TempDir Path folder;
  private SshServer server;
  private Path key;
  private Path known;
  private volatile String asked;

  @BeforeEach
  void startServer() throws Exception {
    KeyPair host = pair();
    KeyPair mine = pair();
    server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(host));
    server.setPublickeyAuthenticator(
        (user, offered, session) ->
            user.equals("me") && KeyUtils.compareKeys(offered, mine.getPublic()));
    server.setCommandFactory(
        (channel, command) ->
            new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
    server.start();
    key = folder.resolve("key");
    try (OutputStream out = Files.newOutputStream(key)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(mine, "mine", null, out);
    }
    known = folder.resolve("known_hosts");
    Files.writeString(
        known,
        "[127.0.0.1]:%d %s%n"
            .formatted(server.getPort(), PublicKeyEntry.toString(host.getPublic())),
        US_ASCII);
  }

  @AfterEach
  void stopServer() throws Exception {
    server.stop(true);
  }

  @Test
  void goesThroughNetcat() throws Exception {
    assumeTrue(Files.isExecutable(NETCAT), NETCAT + " is not there");
    peer.answer("connect_get_capabilities", "<capabilities/>");
    RemoteConnection connection = (RemoteConnection) driver.open(uri("me", socket(), ""));
    assertEquals("<capabilities/>", connection.capabilities());
    connection.close();
    until("netcat has ended too", peer.client()::isOver);
  }

  @Test
  void tellsWhatTheOtherHostSays() throws Exception {
    server.setCommandFactory(
        (channel, command) ->
            new AbstractCommandSupport(command, null) {
              @Override
              public void run() {
                try {
                  getErrorStream().write("nc: not found\n".getBytes(US_ASCII));
                  getErrorStream().flush();
                  asked = getCommand();
                  onExit(127);
                } catch (IOException e) {
                  onExit(1, e.getMessage());
                }
              }
            });
    String message = fails(ErrorCode.RPC, () -> driver.open(uri("me", folder + "/it's here", "")));
    assertTrue(message.contains("the other host says: nc: not found"), message);
    assertTrue(asked.contains("it'\\''s here'"), asked);
  }

  @Test
  void refusesAHostThatIsNotKnown() throws Exception {
    Files.writeString(known, "");
    String message = fails(ErrorCode.OPEN_FAILED, () -> driver.open(uri("me", socket(), "")));
    assertTrue(message.contains("127.0.0.1"), message);
    assumeTrue(Files.isExecutable(NETCAT), NETCAT + " is not there");
    driver.open(uri("me", socket(), "&known_hosts_verify=ignore")).close();
  }

  @Test
  void takesTheStandardPortWhereNoneIsNamed() {
    URI nobody = URI.create("test+ssh://me@nobody.invalid/default");
    String message = fails(ErrorCode.OPEN_FAILED, () -> driver.open(nobody));
    assertTrue(message.contains(":22]"), message);
  }

  @Test
  void saysThatKeysAreWhatIsTried() {
    String message = fails(ErrorCode.OPEN_FAILED, () -> driver.open(uri("you", socket(), "")));
    assertTrue(message.contains("log in as you"), message);
    assertTrue(message.contains("keys without a password"), message);
  }

  private String socket() {
    return peer.uri().getQuery().replace("socket=", "");
  }

  private URI uri(String user, String socket, String more) {
    return URI.create(
        "test+ssh://%s@127.0.0.1:%d/default?socket=%s&keyfile=%s&known_hosts=%s%s"
            .formatted(user, server.getPort(), socket.replace(" ", "%20"), key, known, more));
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(KEY_BITS);
    return generator.generateKeyPair();
  }
}
