package org.virt.remote.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.access.ClientIdentity;
import org.virt.remote.internal.net.IoLoop;
import org.virt.remote.internal.session.Admission;

/** A Unix socket that clients come by; the kernel says who they are. */
final class UnixListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UnixListener.class);

  private final Path path;
  private final ServerSocketChannel server;
  private final RemoteServer clients;
  private final Admission admission;

  /**
   * Which socket.
   *
   * @param path where
   * @param mode its mode, such as {@code rw-------}
   * @param group its group; empty for that of the runtime
   */
  record Place(Path path, String mode, String group) {}

  UnixListener(Place place, Admission admission, RemoteServer clients, IoLoop loop)
      throws IOException {
    this.path = place.path();
    this.admission = admission;
    this.clients = clients;
    Files.createDirectories(
        path.getParent(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    server = bind(place);
    loop.listen(server, this::accept);
  }

  /** It gets its name when its mode is right: nobody finds it before. */
  private static ServerSocketChannel bind(Place place) throws IOException {
    Path unnamed = place.path().resolveSibling(place.path().getFileName() + ".new");
    Files.deleteIfExists(unnamed);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(unnamed), 1024);
      Files.setPosixFilePermissions(unnamed, PosixFilePermissions.fromString("rw-------"));
      if (!place.group().isEmpty()) {
        PosixFileAttributeView view =
            Files.getFileAttributeView(unnamed, PosixFileAttributeView.class);
        view.setGroup(
            unnamed
                .getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(place.group()));
      }
      Files.setPosixFilePermissions(unnamed, PosixFilePermissions.fromString(place.mode()));
      Files.move(unnamed, place.path(), StandardCopyOption.ATOMIC_MOVE);
      return server;
    } catch (IOException e) {
      server.close();
      Files.deleteIfExists(unnamed);
      throw new IOException("listen on " + place.path() + ": " + e, e);
    }
  }

  private void accept(SocketChannel client) {
    try {
      if (!clients.hasRoom(admission)) {
        client.close();
        return;
      }
      UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
      ClientIdentity identity =
          new ClientIdentity(
              ClientIdentity.Transport.UNIX,
              Optional.of(peer.user().getName()),
              Optional.of(peer.group().getName()),
              Optional.empty(),
              Optional.empty(),
              "");
      clients.serve(client, client, identity, admission);
    } catch (IOException e) {
      LOG.debug("a client on {} has gone before it was served: {}", path, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
