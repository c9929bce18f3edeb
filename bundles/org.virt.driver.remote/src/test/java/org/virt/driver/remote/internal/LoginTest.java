package org.virt.driver.remote.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Credential;
import org.virt.api.auth.CredentialRequest;
import org.virt.api.auth.CredentialRequest.Kind;
import org.virt.core.internal.OneDriver;
import org.virt.driver.test.internal.TestDriver;
import org.virt.remote.internal.OwnServer;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrStruct;
import org.virt.test.contract.FolderState;

/** Names and passwords, and servers that ask for them. */
@Timeout(60)
class LoginTest extends PeerTest {
  @TempDir Path folder;

  private OwnServer server() throws Exception {
    return OwnServer.askingForPasswords(
        folder.resolve("sock"),
        OneDriver.connector(new TestDriver(), "test"),
        new FolderState(folder));
  }

  private URI uri(String more) {
    return URI.create("test+unix:///default?socket=" + folder.resolve("sock") + more);
  }

  /** Somebody who answers. */
  private static final class Person implements Authenticator {
    final List<CredentialRequest> asked = new ArrayList<>();
    private final String user;
    private final String password;

    Person(String user, String password) {
      this.user = user;
      this.password = password;
    }

    @Override
    public Set<Kind> kinds() {
      return Set.of(Kind.AUTHNAME, Kind.PASSPHRASE);
    }

    @Override
    public List<Credential> answer(List<CredentialRequest> requests) {
      asked.addAll(requests);
      return requests.stream()
          .map(request -> Credential.of(request.kind() == Kind.AUTHNAME ? user : password))
          .toList();
    }
  }

  @Test
  void asksWhoeverOpens() throws Exception {
    Person anna = new Person("anna", "s3cret");
    try (OwnServer server = server();
        RemoteConnection connection = (RemoteConnection) driver.open(uri(""), anna)) {
      assertEquals(1, connection.domains().size());
      assertEquals(
          List.of(Kind.AUTHNAME, Kind.PASSPHRASE),
          anna.asked.stream().map(CredentialRequest::kind).toList());
    }
  }

  @Test
  void saysWhoIsNotBelieved() throws Exception {
    try (OwnServer server = server()) {
      for (Person who : List.of(new Person("anna", "wrong"), new Person("bert", "s3cret"))) {
        String message = fails(ErrorCode.AUTH_FAILED, () -> driver.open(uri(""), who));
        assertFalse(message.contains("s3cret"), message);
      }
      assertTrue(
          fails(ErrorCode.AUTH_FAILED, () -> driver.open(uri(""))).contains("password.USER@"));
    }
  }

  @Test
  void readsTheFileOfCredentials() throws Exception {
    Path file = folder.resolve("auth.conf");
    Files.writeString(
        file,
        """
        [credentials-a]
        authname=anna
        password=s3cret
        [auth-libvirt-localhost]
        credentials=a
        """);
    try (OwnServer server = server();
        RemoteConnection connection = (RemoteConnection) driver.open(uri("&authfile=" + file))) {
      assertEquals(1, connection.domains().size());
    }
  }

  @Test
  void knowsItFromItsConfiguration() throws Exception {
    configuration.put("user.localhost", "anna");
    configuration.put("password.anna@localhost", "s3cret");
    try (OwnServer server = server();
        RemoteConnection connection = (RemoteConnection) driver.open(uri(""))) {
      assertEquals(1, connection.domains().size());
    }
  }

  @Test
  void comesAgainWithoutAsking() throws Exception {
    Person anna = new Person("anna", "s3cret");
    OwnServer first = server();
    try (RemoteConnection connection = (RemoteConnection) driver.open(uri(""), anna)) {
      first.close();
      try (OwnServer second = server()) {
        until("it is connected again", () -> answers(connection));
      }
    }
    assertEquals(2, anna.asked.size());
  }

  private static boolean answers(RemoteConnection connection) {
    try {
      return connection.domains().size() == 1;
    } catch (VirtException e) {
      return false;
    }
  }

  private static String challenge(XdrStruct args, String salt, int iterations) {
    String first = new String(args.bytes("data"), UTF_8);
    String nonce = first.substring(first.indexOf("r=") + 2);
    return "r=%sxyz,s=%s,i=%d".formatted(nonce, salt, iterations);
  }

  private void challenges(String salt, int iterations) {
    peer.answer("auth_list", List.of(1));
    peer.answer("auth_sasl_init", "DIGEST-MD5,SCRAM-SHA-256");
    peer.on(
        "auth_sasl_start",
        (client, call, packet) -> {
          byte[] bytes =
              challenge(
                      Protocol.libvirt()
                          .procedure(Program.REMOTE, "auth_sasl_start")
                          .args()
                          .decode(packet.body()),
                      salt,
                      iterations)
                  .getBytes(UTF_8);
          client.reply(call, 0, 0, bytes);
        });
  }

  private String refused() throws IOException {
    Person anna = new Person("anna", "s3cret");
    return fails(ErrorCode.AUTH_FAILED, () -> driver.open(peer.uri(), anna));
  }

  @Test
  void believesNoServerThatDoesNotKnowThePassword() throws Exception {
    challenges("c2FsdHNhbHQ=", 4096);
    peer.answer("auth_sasl_step", 1, 0, "v=c2lnbmF0dXJl".getBytes(UTF_8));
    assertTrue(refused().contains("does not know the password"));
    peer.answer("auth_sasl_step", 1, 1, new byte[0]);
    assertTrue(refused().contains("malformed"));
    peer.answer("auth_sasl_step", 1, 0, "e=other-error".getBytes(UTF_8));
    assertTrue(refused().contains("other-error"));
  }

  @Test
  void provesNothingToAServerThatMakesItEasy() throws Exception {
    challenges("c2FsdHNhbHQ=", 1);
    assertTrue(refused().contains("1 iterations"));
    challenges("c2FsdHNhbHQ=", Integer.MAX_VALUE);
    assertTrue(refused().contains("iterations"));
    challenges("%", 4096);
    assertTrue(refused().contains("malformed"));
    assertFalse(peer.asked.contains("auth_sasl_step"));
  }

  @Test
  void knowsOneMechanismOnly() throws Exception {
    peer.answer("auth_list", List.of(1));
    peer.answer("auth_sasl_init", "DIGEST-MD5,PLAIN");
    assertTrue(refused().contains("by DIGEST-MD5,PLAIN only"));
    peer.answer("auth_sasl_init", "SCRAM-SHA-256");
    peer.answer("auth_sasl_start", 1, 1, new byte[0]);
    assertTrue(refused().contains("content with a name"));
  }
}
