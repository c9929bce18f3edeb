package org.virt.api.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class AuthFileTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void write() throws IOException {
    path = folder.resolve("libvirt/auth.conf");
    Files.createDirectories(path.getParent());
    Files.writeString(
        path,
        """
        # comment
        [credentials-a]
        username = admin
        password=hidden=two
        [auth-esx-h]
        credentials=a
        [auth-libvirt-default]
        credentials = a
        [auth-esx-empty]
        [auth-esx-astray]
        credentials=nowhere
        """);
  }

  private Map<String, Credential> lookUp(String service, String host) throws VirtException {
    return AuthFile.find(Optional.of(path.toString()), Map.of())
        .orElseThrow()
        .lookUp(service, host);
  }

  private String refused(String host) {
    VirtException e = assertThrows(VirtException.class, () -> lookUp("esx", host));
    assertEquals(ErrorCode.CONF_SYNTAX, e.code());
    assertFalse(e.getMessage().contains("hidden"), e.getMessage());
    return e.getMessage();
  }

  @Test
  void findsCredentialsByServiceAndHost() throws Exception {
    assertEquals("admin", lookUp("esx", "h").get("username").text());
    assertEquals("hidden=two", lookUp("esx", "h").get("password").text());
    assertEquals("admin", lookUp("libvirt", "any").get("username").text());
    assertEquals(Map.of(), lookUp("esx", "other"));
    assertFalse(lookUp("esx", "h").toString().contains("hidden=two"));
  }

  @Test
  void refusesWhatContradictsItself() throws Exception {
    assertTrue(refused("empty").contains("[auth-esx-empty] has no item 'credentials'"));
    assertTrue(refused("astray").contains("[credentials-nowhere]"));
    path = folder.resolve("missing");
    assertTrue(refused("h").contains("cannot read it"));
  }

  @Test
  void looksWhereLibvirtDoes() throws Exception {
    Optional<String> named = Optional.of("/named");
    Map<String, String> users = Map.of("XDG_CONFIG_HOME", folder.toString());
    assertEquals(
        "/first", AuthFile.find(named, Map.of("LIBVIRT_AUTH_FILE", "/first")).get().toString());
    assertEquals("/named", AuthFile.find(named, users).get().toString());
    assertEquals(path.toString(), AuthFile.find(Optional.empty(), users).get().toString());
    assertThrows(VirtException.class, () -> AuthFile.find(Optional.of("\0"), Map.of()));
  }

  @Test
  void overwritesWhatIsClosed() {
    char[] value = {'a', 'b'};
    Credential credential = new Credential(value);
    assertEquals("(hidden)", credential.toString());
    credential.close();
    assertEquals("\0\0", new String(value));
  }
}
