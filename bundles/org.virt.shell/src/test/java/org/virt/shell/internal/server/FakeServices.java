package org.virt.shell.internal.server;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.virt.api.Connect;
import org.virt.api.ErrorCode;
import org.virt.api.HostCheck;
import org.virt.api.VirtException;
import org.virt.api.access.ClientManager;
import org.virt.api.auth.Authenticator;
import org.virt.api.auth.Credential;
import org.virt.api.auth.CredentialRequest;
import org.virt.api.auth.CredentialRequest.Kind;
import org.virt.api.nwfilter.FilterManager;
import org.virt.shell.internal.command.Services;
import org.virt.spi.format.ConfigFormat;

/** A runtime in memory. */
final class FakeServices implements Services {
  /** Another host. */
  static final String FAR = "qemu+tls://far/system";

  /** A host that wants to know who comes. */
  static final String GUARDED = "esx://guarded/";

  List<String> toldOfUser = List.of();
  final FakeConnect connect = new FakeConnect();
  final FakeFilters filters = new FakeFilters();

  @Override
  public Connect connect(String uri, Authenticator user) throws VirtException {
    if (uri.equals(GUARDED)) {
      List<Credential> answers =
          user.answer(
              List.of(
                  new CredentialRequest(Kind.AUTHNAME, "Name [root]", "", Optional.of("root")),
                  new CredentialRequest(Kind.PASSPHRASE, "Password", "", Optional.empty())));
      toldOfUser = answers.stream().map(Credential::text).toList();
      return connect;
    }
    if (!uri.equals("test:///default") && !uri.equals(FAR)) {
      throw new VirtException(ErrorCode.NO_CONNECT, "open " + uri + ": no driver");
    }
    return connect;
  }

  @Override
  public FilterManager filters() {
    return filters;
  }

  @Override
  public ClientManager clients() throws VirtException {
    throw new VirtException(ErrorCode.NO_SUPPORT, "the bundle org.virt.remote is not running");
  }

  @Override
  public Map<String, ConfigFormat> formats() {
    return Map.of(
        "upper",
        new ConfigFormat() {
          @Override
          public String toNative(String domainXml) {
            return domainXml.toUpperCase(Locale.ROOT);
          }

          @Override
          public String fromNative(String configuration) throws VirtException {
            throw new VirtException(ErrorCode.NO_SUPPORT, "one way only");
          }
        });
  }

  @Override
  public Map<Bundle, List<HostCheck.Finding>> findings() {
    return Map.of();
  }

  @Override
  public List<Bundle> bundles() {
    return List.of();
  }
}
