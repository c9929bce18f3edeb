package org.virt.driver.esx.internal;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Proxy;

/**
 * What a URI of the driver says (libvirt's drvesx, "URI Format").
 *
 * @param scheme {@code esx}, {@code gsx} or {@code vpx}
 * @param host as it stands in the URI, IPv6 addresses in brackets
 * @param base where to connect: scheme, host and port
 * @param user empty when the URI names none
 * @param path names of folders, datacenter, cluster and host; empty but for vpx
 * @param verify how the certificate is checked
 * @param caCert authorities to believe, in place of the Java runtime's
 * @param proxy what requests go through
 * @param vcenter the vCenter that moves machines of a lone host; {@code *}: the one it belongs to
 * @param answer what happens to questions of the host
 * @param authFile libvirt's file of credentials
 */
record EsxUri(
    String scheme,
    String host,
    URI base,
    Optional<String> user,
    List<String> path,
    Verify verify,
    Optional<Path> caCert,
    Optional<Proxy> proxy,
    Optional<String> vcenter,
    Questions answer,
    Optional<String> authFile) {
  private static final int PROXY_PORT = 1080;
  private static final Map<String, Proxy.Type> PROXIES =
      Map.of(
          "http", Proxy.Type.HTTP,
          "socks", Proxy.Type.SOCKS5,
          "socks4", Proxy.Type.SOCKS4,
          "socks4a", Proxy.Type.SOCKS4A,
          "socks5", Proxy.Type.SOCKS5);
  private static final Set<String> KNOWN =
      Set.of("transport", "vcenter", "no_verify", "auto_answer", "proxy", "cacert", "authfile");

  /** Whether certificates are checked. */
  enum Verify {
    YES,
    NO
  }

  /** What is done with questions that hold a task up. */
  enum Questions {
    /** The task is cancelled, and the question is the error. */
    REPORTED,
    /** Answered with the default. */
    ANSWERED
  }

  /** Reads a URI; {@code INVALID_ARG} for one that is not of this form. */
  static EsxUri parse(URI uri) throws VirtException {
    URI plain = uri;
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    String host = plain.getHost();
    if (host == null || host.isEmpty()) {
      throw wrong(uri, "the name of a host is missing, as in " + scheme + "://host.example/");
    }
    Map<String, String> parameters = parameters(uri);
    String transport = parameters.getOrDefault("transport", "https");
    if (!transport.equals("http") && !transport.equals("https")) {
      throw wrong(uri, "transport '" + transport + "' is neither http nor https");
    }
    int port = uri.getPort() < 0 ? port(scheme, transport) : uri.getPort();
    List<String> path = path(uri, scheme);
    String vcenter = parameters.get("vcenter");
    if (vcenter != null && (!scheme.equals("esx") || vcenter.isEmpty())) {
      throw wrong(uri, "vcenter names the vCenter of a host that esx:// connects to, or is *");
    }
    return new EsxUri(
        scheme,
        host,
        URI.create(transport + "://" + host + ":" + port),
        user(uri),
        path,
        flag(uri, parameters, "no_verify") ? Verify.NO : Verify.YES,
        Optional.ofNullable(parameters.get("cacert")).map(Path::of),
        proxy(uri, parameters.get("proxy")),
        Optional.ofNullable(vcenter),
        flag(uri, parameters, "auto_answer") ? Questions.ANSWERED : Questions.REPORTED,
        Optional.ofNullable(parameters.get("authfile")));
  }

  /** Returns the same connection to a vCenter, on the same port, as libvirt does. */
  EsxUri atVcenter(String name) {
    URI there = URI.create(base.getScheme() + "://" + name + ":" + base.getPort());
    return new EsxUri(
        "vpx",
        name,
        there,
        user,
        List.of(),
        verify,
        caCert,
        proxy,
        Optional.empty(),
        answer,
        authFile);
  }

  private static int port(String scheme, String transport) {
    boolean plain = transport.equals("http");
    return scheme.equals("gsx") ? plain ? 8222 : 8333 : plain ? 80 : 443;
  }

  private static Optional<String> user(URI uri) throws VirtException {
    String info = uri.getRawUserInfo();
    if (info == null || info.isEmpty()) {
      return Optional.empty();
    }
    if (info.indexOf(':') >= 0) {
      throw new VirtException(
          ErrorCode.INVALID_ARG,
          "open %s://%s: a password has no place in a URI, which is shown and logged"
              .formatted(uri.getScheme(), uri.getHost()));
    }
    return Optional.of(decode(info));
  }

  private static List<String> path(URI uri, String scheme) throws VirtException {
    List<String> names = new ArrayList<>();
    String raw = uri.getRawPath() == null ? "" : uri.getRawPath();
    for (String name : raw.split("/")) {
      if (!name.isEmpty()) {
        names.add(decode(name));
      }
    }
    if (scheme.equals("vpx") && names.size() < 2) {
      throw wrong(uri, "the path has to name datacenter and host: /datacenter[/cluster]/host");
    }
    if (!scheme.equals("vpx") && !names.isEmpty()) {
      throw wrong(uri, "the path '" + uri.getPath() + "' means nothing to a single host");
    }
    return List.copyOf(names);
  }

  private static Map<String, String> parameters(URI uri) throws VirtException {
    Map<String, String> found = new HashMap<>();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String part : query.split("[&;]")) {
      if (part.isEmpty()) {
        continue;
      }
      String[] both = part.split("=", 2);
      if (!KNOWN.contains(both[0]) || both.length == 1) {
        throw wrong(uri, "parameter '" + both[0] + "' is not known or has no value");
      }
      found.put(both[0], decode(both[1]));
    }
    return found;
  }

  /** A plus sign is one: this is no HTML form. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static boolean flag(URI uri, Map<String, String> parameters, String name)
      throws VirtException {
    String value = parameters.getOrDefault(name, "0");
    if (!value.equals("0") && !value.equals("1")) {
      throw wrong(uri, name + " is '" + value + "', neither 0 nor 1");
    }
    return value.equals("1");
  }

  private static Optional<Proxy> proxy(URI uri, String value) throws VirtException {
    if (value == null) {
      return Optional.empty();
    }
    int end = value.indexOf("://");
    Proxy.Type type = PROXIES.get(end < 0 ? "http" : value.substring(0, end));
    if (type == null) {
      throw wrong(
          uri,
          "a proxy of type '%s' is none of http, socks, socks4, socks4a, socks5"
              .formatted(value.substring(0, end)));
    }
    URI proxy;
    try {
      proxy = URI.create("proxy://" + (end < 0 ? value : value.substring(end + 3)));
    } catch (IllegalArgumentException e) {
      throw wrong(uri, "proxy '" + value + "' is not [type://]host[:port]");
    }
    if (proxy.getHost() == null || proxy.getUserInfo() != null) {
      throw wrong(uri, "proxy '" + value + "' is not [type://]host[:port]");
    }
    return Optional.of(
        new Proxy(type, proxy.getHost(), proxy.getPort() < 0 ? PROXY_PORT : proxy.getPort()));
  }

  private static VirtException wrong(URI uri, String reason) {
    return new VirtException(ErrorCode.INVALID_ARG, "open " + uri + ": " + reason);
  }
}
