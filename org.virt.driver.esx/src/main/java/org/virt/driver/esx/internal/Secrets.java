package org.virt.driver.esx.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.AuthFile;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Credential;
import org.virt.api.auth.CredentialRequest;
import org.virt.api.auth.CredentialRequest.Kind;

/**
 * Finds user and password of a host, as libvirt does: what the URI says, libvirt's file of
 * credentials, then the driver's configuration, then the user is asked. Never prints them.
 */
final class Secrets {
  /** libvirt's name of the service, for all schemes. */
  private static final String SERVICE = "esx";

  private static final Map<String, String> USUAL_USERS = Map.of("vpx", "administrator");
  private static final List<Kind> USER = List.of(Kind.AUTHNAME, Kind.USERNAME, Kind.ECHO_PROMPT);
  private static final List<Kind> PASSWORD = List.of(Kind.PASSPHRASE, Kind.NO_ECHO_PROMPT);

  private final Map<String, Object> configuration;
  private final Map<String, String> environment;
  private final Authenticator person;

  /**
   * Takes where to look.
   *
   * @param configuration of the driver
   * @param environment of the process, which may name the file of credentials
   * @param person asked last
   */
  Secrets(
      Map<String, Object> configuration, Map<String, String> environment, Authenticator person) {
    this.configuration = configuration;
    this.environment = environment;
    this.person = person;
  }

  /** User and password, which is overwritten when this is closed; its text is the user alone. */
  record Credentials(String user, Credential password) implements AutoCloseable {
    @Override
    public void close() {
      password.close();
    }

    @Override
    public String toString() {
      return user;
    }
  }

  Credentials find(EsxUri uri) throws VirtException {
    Map<String, Credential> file = file(uri);
    Optional<String> named =
        uri.user()
            .or(() -> Optional.ofNullable(file.get("username")).map(Credential::text))
            .or(() -> value("user." + uri.host()));
    String usual = USUAL_USERS.getOrDefault(uri.scheme(), "root");
    Optional<Credential> known =
        Optional.ofNullable(file.get("password")).or(() -> configured(uri, named.orElse(usual)));
    String user = named.orElse(usual);
    if (named.isEmpty() && known.isEmpty()) {
      user = askUser(uri, usual);
      known = configured(uri, user);
    }
    return new Credentials(user, known.isPresent() ? known.get() : askPassword(uri, user));
  }

  private Map<String, Credential> file(EsxUri uri) throws VirtException {
    Optional<AuthFile> file = AuthFile.find(uri.authFile(), environment);
    return file.isPresent() ? file.get().lookUp(SERVICE, bare(uri)) : Map.of();
  }

  private Optional<Credential> configured(EsxUri uri, String user) {
    return value("password." + user + "@" + uri.host())
        .or(() -> value("password." + uri.host()))
        .map(Credential::of);
  }

  private Optional<String> value(String key) {
    return Optional.ofNullable(configuration.get(key)).map(Object::toString);
  }

  private String askUser(EsxUri uri, String usual) throws VirtException {
    String prompt = "Enter username for %s [%s]".formatted(bare(uri), usual);
    try (Credential answer = ask(uri, USER, new Question(usual, prompt, Optional.of(usual)))) {
      return answer.text();
    }
  }

  private Credential askPassword(EsxUri uri, String user) throws VirtException {
    String prompt = "Enter %s's password for %s".formatted(user, bare(uri));
    return ask(uri, PASSWORD, new Question(user, prompt, Optional.empty()));
  }

  /** What a person is asked; the user is for the message when nobody answers. */
  private record Question(String user, String prompt, Optional<String> fallback) {}

  private Credential ask(EsxUri uri, List<Kind> kinds, Question question) throws VirtException {
    Optional<Kind> kind = kinds.stream().filter(person.kinds()::contains).findFirst();
    if (kind.isEmpty()) {
      throw failed(uri, question, "there is nobody to be asked for it", null);
    }
    CredentialRequest request =
        new CredentialRequest(kind.get(), question.prompt(), bare(uri), question.fallback());
    List<Credential> answers;
    try {
      answers = person.answer(List.of(request));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.AUTH_CANCELLED) {
        throw e;
      }
      throw failed(uri, question, e.getMessage(), e);
    }
    if (answers.size() != 1) {
      answers.forEach(Credential::close);
      throw failed(uri, question, "the request was not answered", null);
    }
    return answers.get(0);
  }

  /** Returns the host as people and libvirt's file call it: an IPv6 address without brackets. */
  private static String bare(EsxUri uri) {
    String host = uri.host();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static VirtException failed(
      EsxUri uri, Question question, String reason, VirtException cause) {
    return new VirtException(
        ErrorCode.AUTH_FAILED,
        "log in to %s: no password for user %s is known (set password.%s@%s in"
                .formatted(uri.base(), question.user(), question.user(), uri.host())
            + " org.virt.driver.esx.cfg, or name a file by ?authfile=PATH), and "
            + reason,
        cause);
  }
}
