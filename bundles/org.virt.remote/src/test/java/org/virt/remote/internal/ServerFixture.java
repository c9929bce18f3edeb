package org.virt.remote.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.virt.api.Connector;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.access.AccessPolicy;
import org.virt.api.nwfilter.FilterManager;
import org.virt.remote.internal.net.IoLoop;
import org.virt.remote.internal.sasl.ScramUsers;
import org.virt.remote.internal.session.Admission;
import org.virt.remote.internal.session.Limits;
import org.virt.remote.internal.session.Services;
import org.virt.spi.format.ConfigFormat;
import org.virt.test.contract.FolderState;

/** A server on sockets of a folder, over a {@link FakeHypervisor}. */
final class ServerFixture implements AutoCloseable, Services {
  final FakeHypervisor hypervisor = new FakeHypervisor();
  final List<AccessPolicy> policies = new CopyOnWriteArrayList<>();
  final RemoteServer server;
  final ScramUsers users;
  final Path socket;
  final Path readOnlySocket;
  final Path askedSocket;
  final Path passwordSocket;
  private final Workers workers = new Workers(4, 2);
  private final IoLoop loop;
  private final List<UnixListener> listeners;

  ServerFixture(Path folder, Limits limits) throws IOException {
    users = new ScramUsers(new FolderState(folder));
    loop = new IoLoop("virt-remote-test", limits.memory());
    server = new RemoteServer(this, new RemoteServer.Access(limits, users), workers, loop);
    socket = folder.resolve("full");
    readOnlySocket = folder.resolve("ro");
    askedSocket = folder.resolve("asked");
    passwordSocket = folder.resolve("password");
    Admission nobody = new Admission(false, Admission.Way.POLKIT, client -> false);
    listeners =
        List.of(
            listen(socket, Admission.everybody(false)),
            listen(readOnlySocket, Admission.everybody(true)),
            listen(askedSocket, nobody),
            listen(passwordSocket, Admission.byPassword()));
  }

  private UnixListener listen(Path path, Admission admission) throws IOException {
    return new UnixListener(new UnixListener.Place(path, "rw-------", ""), admission, server, loop);
  }

  /** Listens on a port of this host. */
  NetworkListener listen(Optional<NetworkListener.Tls> tls) throws IOException {
    NetworkListener.Terms terms = new NetworkListener.Terms(tls, Admission.everybody(false));
    return new NetworkListener("127.0.0.1:0", terms, server, loop, workers.streams());
  }

  /** Connects and opens the machine's hypervisor. */
  TestClient open(Path path) throws IOException {
    TestClient client = new TestClient(path);
    client.call("connect_open", "fake:///x", 0);
    return client;
  }

  @Override
  public Connector connector() {
    return hypervisor;
  }

  @Override
  public FilterManager filters() throws VirtException {
    throw new VirtException(ErrorCode.NO_SUPPORT, "no filters");
  }

  @Override
  public List<AccessPolicy> policies() {
    return policies;
  }

  @Override
  public Map<String, ConfigFormat> formats() {
    return Map.of();
  }

  @Override
  public void close() throws IOException {
    for (UnixListener listener : listeners) {
      listener.close();
    }
    loop.close();
    workers.close();
    Files.deleteIfExists(socket);
  }
}
