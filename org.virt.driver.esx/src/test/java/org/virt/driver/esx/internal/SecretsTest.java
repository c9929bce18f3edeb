package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Credential;
import org.virt.api.auth.CredentialRequest;
import org.virt.api.auth.CredentialRequest.Kind;
import org.virt.api.auth.Login;

class SecretsTest {
  private final Person person = new Person();

  /** Answers from a list, and remembers what it was asked. */
  private static final class Person implements Authenticator {
    private Set<Kind> kinds = EnumSet.allOf(Kind.class);
    private List<Credential> answers = List.of();
    private final List<CredentialRequest> asked = new ArrayList<>();

    @Override
    public Set<Kind> kinds() {
      return kinds;
    }

    @Override
    public List<Credential> answer(List<CredentialRequest> requests) throws VirtException {
      asked.addAll(requests);
      if (answers.isEmpty()) {
        throw new VirtException(ErrorCode.AUTH_CANCELLED, "no more");
      }
      Credential next = answers.get(0);
      answers = answers.subList(1, answers.size());
      return List.of(next);
    }
  }

  private String found(Map<String, Object> configuration, String uri) throws VirtException {
    try (Login credentials =
        new Secrets(configuration, Map.of(), person).find(EsxUri.parse(URI.create(uri)))) {
      assertFalse(credentials.toString().contains(credentials.password().text()));
      return credentials.user() + " " + credentials.password().text();
    }
  }

  private String refused(ErrorCode code, String uri) {
    VirtException e = assertThrows(VirtException.class, () -> found(Map.of(), uri));
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  @Test
  void findsThemInTheConfiguration() throws Exception {
    Map<String, Object> configuration =
        Map.of("user.h", "admin", "password.admin@h", "one", "password.h", "other");
    assertEquals("admin one", found(configuration, "esx://h/"));
    assertEquals("root other", found(configuration, "esx://root@h/"));
    Map<String, Object> another = Map.of("password.h", "other");
    assertEquals("root other", found(another, "esx://h/"));
    assertEquals("administrator other", found(another, "vpx://h/dc/srv"));
    assertEquals(List.of(), person.asked);
  }

  @Test
  void findsThemInLibvirtsFileFirst(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("auth.conf");
    Files.writeString(
        file,
        """
        [credentials-a]
        username=admin
        password=secret
        [auth-esx-h]
        credentials=a
        [auth-esx-::1]
        credentials=a
        """);
    String named = "?authfile=" + file;
    Map<String, Object> configuration = Map.of("user.h", "other", "password.h", "other");
    assertEquals("admin secret", found(configuration, "esx://h/" + named));
    assertEquals("admin secret", found(Map.of(), "vpx://h/dc/srv" + named));
    assertEquals("joe secret", found(Map.of(), "esx://joe@h/" + named));
    assertEquals("admin secret", found(Map.of(), "esx://[::1]/" + named));
    person.answers = List.of(Credential.of("asked"));
    assertEquals("joe asked", found(Map.of(), "esx://joe@else.where/" + named));
  }

  @Test
  void asksForWhatItLacks() throws Exception {
    person.answers = List.of(Credential.of("joe"), Credential.of("secret"));
    assertEquals("joe secret", found(Map.of(), "esx://h/"));
    CredentialRequest user = person.asked.get(0);
    assertEquals(Kind.AUTHNAME, user.kind());
    assertEquals("Enter username for h [root]", user.prompt());
    assertEquals("root", user.fallback().orElseThrow());
    assertEquals("h", user.challenge());
    CredentialRequest password = person.asked.get(1);
    assertEquals(Kind.PASSPHRASE, password.kind());
    assertEquals("Enter joe's password for h", password.prompt());

    person.answers = List.of(Credential.of("joe"));
    assertEquals("joe one", found(Map.of("password.joe@h", "one"), "esx://h/"));
    person.kinds = Set.of(Kind.NO_ECHO_PROMPT);
    person.answers = List.of(Credential.of("two"));
    assertEquals("jim two", found(Map.of(), "esx://jim@[::1]/"));
    assertEquals("Enter jim's password for ::1", person.asked.get(3).prompt());
  }

  @Test
  void saysWhatIsMissingWhenNobodyAnswers() {
    assertEquals("no more", refused(ErrorCode.AUTH_CANCELLED, "esx://h/"));
    person.kinds = Set.of(Kind.AUTHNAME);
    String message = refused(ErrorCode.AUTH_FAILED, "esx://u@elsewhere/");
    assertTrue(message.contains("password.u@elsewhere"), message);
    assertTrue(message.endsWith("there is nobody to be asked for it"), message);
  }

  @Test
  void overwritesThePassword() throws Exception {
    char[] typed = {'s', 'e', 'c'};
    person.answers = List.of(new Credential(typed));
    found(Map.of(), "esx://u@h/");
    assertEquals("\0\0\0", new String(typed));
  }
}
