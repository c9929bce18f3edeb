package org.virt.driver.remote.internal.transport;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * What a URI of a remote connection names (libvirt's uri.html).
 *
 * @param uri the whole, for messages
 * @param driver the hypervisor, such as {@code xen}
 * @param way how to get there
 * @param user who to be there; over TCP and TLS who logs in, if that is asked
 * @param host where; empty for this host
 * @param port 0 for the usual one
 * @param name what the other end is asked to open, such as {@code xen:///system}
 * @param options what is said about the way
 */
public record Target(
    URI uri,
    String driver,
    Way way,
    Optional<String> user,
    String host,
    int port,
    String name,
    Map<String, String> options) {
  /** Options that are about the way; all others are the other end's. */
  private static final Set<String> KNOWN =
      Set.of(
          "authfile",
          "name",
          "socket",
          "mode",
          "no_verify",
          "pkipath",
          "keyfile",
          "known_hosts",
          "known_hosts_verify",
          "netcat",
          "proxy",
          "no_tty",
          "no_sanity",
          "sshauth");

  /** Options of libvirt's that are refused: what they ask for would not happen. */
  private static final Set<String> REFUSED = Set.of("command", "tls_priority");

  public Target {
    options = Map.copyOf(options);
  }

  /** Ways to the other end. */
  public enum Way {
    UNIX,
    TCP,
    TLS,
    SSH
  }

  /**
   * Reads a URI.
   *
   * @throws VirtException {@code INVALID_ARG} with what is wrong
   */
  public static Target parse(URI uri) throws VirtException {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int plus = scheme.indexOf('+');
    Optional<Way> way = plus < 1 ? Optional.empty() : way(scheme.substring(plus + 1));
    if (way.isEmpty()) {
      throw wrong(uri, "the scheme has no transport, as qemu+unix, +tcp, +tls or +ssh have");
    }
    if (uri.isOpaque()) {
      throw wrong(uri, "there is no path, as in " + scheme + ":///system");
    }
    Map<String, String> options = new LinkedHashMap<>();
    List<String> theirs = new ArrayList<>();
    readQuery(uri, options, theirs);
    String driver = scheme.substring(0, plus);
    String name =
        options.getOrDefault(
            "name",
            "%s://%s%s"
                .formatted(
                    driver,
                    Optional.ofNullable(uri.getRawPath()).orElse(""),
                    theirs.isEmpty() ? "" : "?" + String.join("&", theirs)));
    Target target =
        new Target(
            uri,
            driver,
            way.get(),
            Optional.ofNullable(uri.getUserInfo()),
            host(uri),
            Math.max(uri.getPort(), 0),
            name,
            options);
    target.check();
    return target;
  }

  /** Returns an option. */
  public Optional<String> option(String option) {
    return Optional.ofNullable(options.get(option)).filter(value -> !value.isEmpty());
  }

  /** Says whether an option that is a number is switched on. */
  public boolean isOn(String option) {
    return option(option).filter(value -> !value.equals("0")).isPresent();
  }

  /** Returns the port, or that which is usual. */
  public int port(int usual) {
    return port > 0 ? port : usual;
  }

  private void check() throws VirtException {
    if (way == Way.UNIX && !host.isEmpty()) {
      throw wrong(uri, "a Unix socket is on this host; use +ssh or +tls for " + host);
    }
    if (way != Way.UNIX && host.isEmpty()) {
      throw wrong(uri, "there is no host");
    }
  }

  private static void readQuery(URI uri, Map<String, String> options, List<String> theirs)
      throws VirtException {
    if (uri.getRawQuery() == null) {
      return;
    }
    for (String part : uri.getRawQuery().split("[&;]")) {
      int equals = part.indexOf('=');
      String option = equals < 0 ? part : part.substring(0, equals);
      if (REFUSED.contains(option)) {
        throw wrong(uri, "the option " + option + " is not supported");
      }
      if (KNOWN.contains(option)) {
        options.put(
            option,
            URLDecoder.decode(
                equals < 0 ? "" : part.substring(equals + 1).replace("+", "%2B"),
                StandardCharsets.UTF_8));
      } else if (!part.isEmpty()) {
        theirs.add(part);
      }
    }
  }

  private static Optional<Way> way(String text) {
    for (Way way : Way.values()) {
      if (way.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(way);
      }
    }
    return Optional.empty();
  }

  private static String host(URI uri) throws VirtException {
    if (uri.getRawAuthority() != null && uri.getHost() == null) {
      throw wrong(uri, "'" + uri.getRawAuthority() + "' is no host");
    }
    String host = uri.getHost() == null ? "" : uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static VirtException wrong(URI uri, String why) {
    return new VirtException(ErrorCode.INVALID_ARG, "open " + uri + ": " + why);
  }
}
