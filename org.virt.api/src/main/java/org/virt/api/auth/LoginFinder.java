package org.virt.api.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.CredentialRequest.Kind;

/**
 * Finds user and password of a host, as libvirt does: what the URI says, libvirt's file of
 * credentials, then the driver's configuration, then the user is asked. Never prints them.
 */
public final class LoginFinder {
  private static final List<Kind> USER = List.of(Kind.AUTHNAME, Kind.USERNAME, Kind.ECHO_PROMPT);
  private static final List<Kind> PASSWORD = List.of(Kind.PASSPHRASE, Kind.NO_ECHO_PROMPT);

  private final String driver;
  private final Map<String, Object> configuration;
  private final Map<String, String> environment;
  private final Authenticator person;

  /**
   * Where a login is needed.
   *
   * @param service libvirt's name of it, in its file of credentials
   * @param host as people call it: an IPv6 address without brackets
   * @param shown the place in messages
   * @param user whom the URI names
   * @param usual who it is when nobody says otherwise
   * @param authFile the file of credentials that the URI names
   */
  public record Place(
      String service,
      String host,
      String shown,
      Optional<String> user,
      Optional<String> usual,
      Optional<String> authFile) {}

  /**
   * Takes where to look.
   *
   * @param driver the PID of its configuration
   * @param configuration with {@code user.HOST}, {@code password.USER@HOST}, {@code password.HOST}
   * @param environment of the process, which may name the file of credentials
   * @param person asked last
   */
  public LoginFinder(
      String driver,
      Map<String, Object> configuration,
      Map<String, String> environment,
      Authenticator person) {
    this.driver = driver;
    this.configuration = configuration;
    this.environment = environment;
    this.person = person;
  }

  /**
   * Finds them.
   *
   * @throws VirtException {@code AUTH_FAILED} when nobody says them, {@code AUTH_CANCELLED} as the
   *     user says
   */
  public Login find(Place place) throws VirtException {
    Map<String, Credential> file = file(place);
    Optional<String> named =
        place
            .user()
            .or(() -> Optional.ofNullable(file.get("username")).map(Credential::text))
            .or(() -> Optional.ofNullable(file.get("authname")).map(Credential::text))
            .or(() -> value("user." + place.host()));
    Optional<String> known = named.or(place::usual);
    Optional<Credential> password =
        Optional.ofNullable(file.get("password")).or(() -> configured(place, known));
    if (named.isPresent() || password.isPresent() && known.isPresent()) {
      return login(place, known.get(), password);
    }
    String user = askUser(place);
    return login(place, user, password.or(() -> configured(place, Optional.of(user))));
  }

  private Login login(Place place, String user, Optional<Credential> password)
      throws VirtException {
    return new Login(user, password.isPresent() ? password.get() : askPassword(place, user));
  }

  private Map<String, Credential> file(Place place) throws VirtException {
    Optional<AuthFile> file = AuthFile.find(place.authFile(), environment);
    return file.isPresent() ? file.get().lookUp(place.service(), place.host()) : Map.of();
  }

  private Optional<Credential> configured(Place place, Optional<String> user) {
    return user.flatMap(name -> value("password." + name + "@" + place.host()))
        .or(() -> value("password." + place.host()))
        .map(Credential::of);
  }

  private Optional<String> value(String key) {
    return Optional.ofNullable(configuration.get(key)).map(Object::toString);
  }

  private String askUser(Place place) throws VirtException {
    String suffix = place.usual().map(" [%s]"::formatted).orElse("");
    String prompt = "Enter username for %s%s".formatted(place.host(), suffix);
    Question question = new Question(place.usual().orElse(""), prompt, place.usual());
    try (Credential answer = ask(place, USER, question)) {
      return answer.text();
    }
  }

  private Credential askPassword(Place place, String user) throws VirtException {
    String prompt = "Enter %s's password for %s".formatted(user, place.host());
    return ask(place, PASSWORD, new Question(user, prompt, Optional.empty()));
  }

  /** What a person is asked; the user is for the message when nobody answers. */
  private record Question(String user, String prompt, Optional<String> fallback) {}

  private Credential ask(Place place, List<Kind> kinds, Question question) throws VirtException {
    Optional<Kind> kind = kinds.stream().filter(person.kinds()::contains).findFirst();
    if (kind.isEmpty()) {
      throw failed(place, question, "there is nobody to be asked for it", null);
    }
    CredentialRequest request =
        new CredentialRequest(kind.get(), question.prompt(), place.host(), question.fallback());
    List<Credential> answers;
    try {
      answers = person.answer(List.of(request));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.AUTH_CANCELLED) {
        throw e;
      }
      throw failed(place, question, e.getMessage(), e);
    }
    if (answers.size() != 1) {
      answers.forEach(Credential::close);
      throw failed(place, question, "the request was not answered", null);
    }
    return answers.get(0);
  }

  private VirtException failed(Place place, Question question, String reason, VirtException cause) {
    String user = question.user().isEmpty() ? "USER" : question.user();
    return new VirtException(
        ErrorCode.AUTH_FAILED,
        "log in to %s: no password for user %s is known (set password.%s@%s in"
                .formatted(place.shown(), user, user, place.host())
            + " %s.cfg, or name a file by ?authfile=PATH), and %s".formatted(driver, reason),
        cause);
  }
}
