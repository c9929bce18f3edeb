package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ongres.scram.common.ClientFirstMessage;
import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.ServerFinalMessage;
import com.ongres.scram.common.ServerFirstMessage;
import com.ongres.scram.common.StringPreparation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrStruct;

/** Clients that prove by a password who they are. */
@Timeout(60)
class PasswordTest {
  private static final ScramMechanism SHA_256 = ScramMechanism.SCRAM_SHA_256;

  @TempDir Path folder;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new ServerFixture(folder, Limits.DEFAULT);
    fixture.users.set("anna", Optional.of("s3cret"));
    fixture.users.set("bert", Optional.of("other"));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /** One attempt of a client's to log in. */
  private static final class Login {
    final ClientFirstMessage first;
    final ServerFirstMessage challenge;
    final byte[] salted;
    final String text;

    Login(TestClient client, String user, String password) throws Exception {
      first =
          new ClientFirstMessage(user, ScramFunctions.nonce(24, new java.security.SecureRandom()));
      XdrStruct answer = client.call("auth_sasl_start", SHA_256.getName(), 0, utf8(first));
      assertEquals(0, answer.integer("complete"));
      challenge =
          ServerFirstMessage.parseFrom(
              new String(answer.bytes("data"), StandardCharsets.UTF_8), first.getClientNonce());
      salted =
          ScramFunctions.saltedPassword(
              SHA_256,
              StringPreparation.SASL_PREPARATION,
              password.toCharArray(),
              Base64.getDecoder().decode(challenge.getSalt()),
              challenge.getIterationCount());
      text = ScramFunctions.authMessage(first, challenge, null);
    }

    byte[] proof() {
      byte[] key = ScramFunctions.clientKey(SHA_256, salted);
      byte[] signature =
          ScramFunctions.clientSignature(SHA_256, ScramFunctions.storedKey(SHA_256, key), text);
      byte[] proof = ScramFunctions.clientProof(key, signature);
      return utf8(
          "c=biws,r=" + challenge.getNonce() + ",p=" + Base64.getEncoder().encodeToString(proof));
    }

    boolean accepts(XdrStruct answer) throws Exception {
      ServerFinalMessage last =
          ServerFinalMessage.parseFrom(new String(answer.bytes("data"), StandardCharsets.UTF_8));
      return ScramFunctions.verifyServerSignature(
          SHA_256, ScramFunctions.serverKey(SHA_256, salted), text, last.getVerifier());
    }

    private static byte[] utf8(Object text) {
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void admitsWhoKnowsThePassword() throws Exception {
    try (TestClient client = new TestClient(fixture.passwordSocket)) {
      assertEquals(List.of(1), client.call("auth_list").get("types"));
      assertEquals(ErrorCode.RPC.number(), client.fails("connect_open", "fake:///x", 0).code());
      assertEquals("SCRAM-SHA-256", client.call("auth_sasl_init").text("mechlist"));
      Login login = new Login(client, "anna", "s3cret");
      XdrStruct answer = client.call("auth_sasl_step", 0, login.proof());
      assertEquals(1, answer.integer("complete"));
      assertTrue(login.accepts(answer));
      client.call("connect_open", "fake:///x", 0);
      assertEquals(Optional.of("anna"), fixture.server.clients().get(0).identity().saslUser());
    }
  }

  @Test
  void refusesAWrongPasswordAsItRefusesAStranger() throws Exception {
    assertEquals(refusal("anna", "wrong"), refusal("nobody", "s3cret"));
    assertEquals(refusal("bert", "s3cret"), refusal("anna", ""));
  }

  private String refusal(String user, String password) throws Exception {
    try (TestClient client = new TestClient(fixture.passwordSocket)) {
      Login login = new Login(client, user, password.isEmpty() ? "x" : password);
      RpcError error = client.fails("auth_sasl_step", 0, login.proof());
      assertEquals(ErrorCode.AUTH_FAILED.number(), error.code());
      assertThrows(IOException.class, client::receive);
      return error.message();
    }
  }

  @Test
  void doesNotTellWhoIsThere() throws Exception {
    try (TestClient one = new TestClient(fixture.passwordSocket);
        TestClient another = new TestClient(fixture.passwordSocket)) {
      assertEquals(
          new Login(one, "nobody", "x").challenge.getSalt(),
          new Login(another, "nobody", "x").challenge.getSalt());
    }
  }

  @Test
  void refusesWhatIsOutOfOrder() throws Exception {
    try (TestClient client = new TestClient(fixture.passwordSocket)) {
      RpcError error = client.fails("auth_sasl_step", 0, new byte[0]);
      assertEquals(ErrorCode.AUTH_FAILED.number(), error.code());
    }
    for (String first :
        List.of("", "p=tls-unique,,n=anna,r=abc", "n,a=bert,n=anna,r=abc", "n,,n=anna")) {
      try (TestClient client = new TestClient(fixture.passwordSocket)) {
        byte[] bytes = first.getBytes(StandardCharsets.UTF_8);
        RpcError error = client.fails("auth_sasl_start", SHA_256.getName(), 0, bytes);
        assertEquals(ErrorCode.AUTH_FAILED.number(), error.code(), first);
      }
    }
    try (TestClient client = new TestClient(fixture.socket)) {
      assertEquals(ErrorCode.AUTH_FAILED.number(), client.fails("auth_sasl_init").code());
    }
    try (TestClient client = new TestClient(fixture.passwordSocket)) {
      assertEquals(ErrorCode.AUTH_FAILED.number(), client.fails("auth_polkit").code());
    }
  }

  @Test
  void takesNoProofTwice() throws Exception {
    try (TestClient client = new TestClient(fixture.passwordSocket);
        TestClient thief = new TestClient(fixture.passwordSocket)) {
      Login login = new Login(client, "anna", "s3cret");
      byte[] proof = login.proof();
      client.call("auth_sasl_step", 0, proof);
      new Login(thief, "anna", "x");
      assertEquals(ErrorCode.AUTH_FAILED.number(), thief.fails("auth_sasl_step", 0, proof).code());
    }
  }

  @Test
  void keepsNoPassword() throws Exception {
    Path file = folder.resolve("remote/users");
    String kept = Files.readString(file);
    assertFalse(kept.contains("s3cret"));
    fixture.users.set("anna", Optional.of("s3cret"));
    assertFalse(kept.equals(Files.readString(file)), "each password has a salt of its own");
    fixture.users.set("anna", Optional.empty());
    assertArrayEquals(
        new String[] {"bert"},
        Files.readAllLines(file).stream().map(line -> line.split(" ")[0]).toArray());
    assertThrows(VirtException.class, () -> fixture.users.set("anna", Optional.empty()));
    assertThrows(VirtException.class, () -> fixture.users.set("a b", Optional.of("x")));
    assertThrows(VirtException.class, () -> fixture.users.set("c", Optional.of("")));
  }
}
