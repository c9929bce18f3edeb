package org.virt.remote.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.access.ClientIdentity;
import org.virt.api.access.ClientManager;
import org.virt.remote.internal.net.IoLoop;
import org.virt.remote.internal.sasl.ScramUsers;
import org.virt.remote.internal.session.Admission;
import org.virt.remote.internal.session.Limits;
import org.virt.remote.internal.session.Services;

/** Opens the sockets as configured, and closes them. */
@Component(
    service = ClientManager.class,
    immediate = true,
    configurationPid = RemoteConfiguration.PID)
@Designate(ocd = RemoteConfiguration.class)
public final class RemoteComponent implements ClientManager {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteComponent.class);
  private static final String EVERYBODY = "*";
  private static final long MIB = 1024 * 1024;

  private final Workers workers;
  private final IoLoop loop;
  private final RemoteServer server;
  private final List<AutoCloseable> listeners = new ArrayList<>();

  /** Opens the sockets. */
  @Activate
  public RemoteComponent(
      RemoteConfiguration configuration,
      @Reference Services services,
      @Reference StateDirectory state)
      throws IOException {
    workers = new Workers(configuration.workers(), configuration.workers_priority());
    Limits limits = limits(configuration);
    loop = new IoLoop("virt-remote-io", limits.memory());
    server =
        new RemoteServer(
            services, new RemoteServer.Access(limits, new ScramUsers(state)), workers, loop);
    try {
      open(configuration, state.home().resolve("run"));
    } catch (IOException e) {
      deactivate();
      throw e;
    }
  }

  private void open(RemoteConfiguration configuration, Path folder) throws IOException {
    String group = configuration.unix_group();
    UnixListener.Place full =
        new UnixListener.Place(
            folder.resolve("libvirt-sock"), group.isEmpty() ? "rw-------" : "rw-rw----", group);
    UnixListener.Place readOnly =
        new UnixListener.Place(folder.resolve("libvirt-sock-ro"), "rw-rw-rw-", "");
    listeners.add(new UnixListener(full, admission(configuration), server, loop));
    listeners.add(new UnixListener(readOnly, Admission.everybody(true), server, loop));
    if (!configuration.tls_listen().isEmpty()) {
      NetworkListener.Tls tls = tls(configuration);
      listen(configuration.tls_listen(), Optional.of(tls), configuration.tls_sasl());
    }
    if (!configuration.tcp_listen().isEmpty()) {
      listen(configuration.tcp_listen(), Optional.empty(), configuration.tcp_sasl());
    }
  }

  private void listen(String address, Optional<NetworkListener.Tls> tls, boolean sasl)
      throws IOException {
    Admission admission = sasl ? Admission.byPassword() : Admission.everybody(false);
    NetworkListener.Terms terms = new NetworkListener.Terms(tls, admission);
    listeners.add(new NetworkListener(address, terms, server, loop, workers.streams()));
  }

  private static NetworkListener.Tls tls(RemoteConfiguration configuration) throws IOException {
    return new NetworkListener.Tls(
        TlsIdentity.context(
            Path.of(configuration.tls_certificate()),
            Path.of(configuration.tls_key()),
            Path.of(configuration.tls_authority())),
        NetworkListener.Tls.patterns(configuration.tls_names()));
  }

  private static Admission admission(RemoteConfiguration configuration) {
    if (configuration.unix_sasl()) {
      return Admission.byPassword();
    }
    Set<String> users = Set.of(configuration.unix_users());
    Set<String> groups = Set.of(configuration.unix_groups());
    if (users.isEmpty() && groups.isEmpty()) {
      return Admission.everybody(false);
    }
    Predicate<ClientIdentity> admits =
        client ->
            users.contains(EVERYBODY)
                || client.user().map(users::contains).orElse(false)
                || client.group().map(groups::contains).orElse(false);
    return new Admission(false, Admission.Way.POLKIT, admits);
  }

  private static Limits limits(RemoteConfiguration configuration) {
    return new Limits(
        configuration.clients(),
        configuration.clients_unauthenticated(),
        configuration.client_calls(),
        configuration.authentication_s(),
        configuration.keepalive_s(),
        configuration.keepalive_count(),
        configuration.memory_mib() == 0
            ? Limits.DEFAULT.memory()
            : configuration.memory_mib() * MIB);
  }

  @Deactivate
  void deactivate() {
    List<AutoCloseable> all = new ArrayList<>(listeners);
    all.add(loop);
    all.add(workers);
    for (AutoCloseable one : all) {
      try {
        one.close();
      } catch (Exception e) {
        LOG.warn("end the wire protocol: {}", e.toString());
      }
    }
  }

  @Override
  public List<Client> clients() {
    return server.clients();
  }

  @Override
  public void setPassword(String user, Optional<String> password) throws VirtException {
    server.setPassword(user, password);
  }

  @Override
  public void disconnect(long number) throws VirtException {
    server.disconnect(number);
  }
}
