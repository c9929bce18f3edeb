package org.virt.remote.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.Connector;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.access.AccessPolicy;
import org.virt.api.nwfilter.FilterManager;
import org.virt.remote.internal.net.IoLoop;
import org.virt.remote.internal.sasl.ScramUsers;
import org.virt.remote.internal.session.Admission;
import org.virt.remote.internal.session.Limits;
import org.virt.remote.internal.session.Services;
import org.virt.spi.format.ConfigFormat;

/** Our own server on a socket, without a framework. */
public final class OwnServer implements AutoCloseable {
  private static final int WORKERS = 20;

  private final Workers workers = new Workers(WORKERS, WORKERS);
  private final IoLoop loop;
  private final UnixListener listener;

  private record OneConnector(Connector connector) implements Services {
    @Override
    public FilterManager filters() throws VirtException {
      throw new VirtException(ErrorCode.NO_SUPPORT, "no filters");
    }

    @Override
    public List<AccessPolicy> policies() {
      return List.of();
    }

    @Override
    public Map<String, ConfigFormat> formats() {
      return Map.of();
    }
  }

  /** Keeps nothing: nobody has a password here. */
  private record NoState(Path home) implements StateDirectory {
    @Override
    public Path area(String area) throws VirtException {
      throw new VirtException(ErrorCode.NO_SUPPORT, "no state");
    }

    @Override
    public void write(Path file, byte[] content) throws VirtException {
      throw new VirtException(ErrorCode.NO_SUPPORT, "no state");
    }
  }

  /** Opens a socket. */
  public OwnServer(Path socket, Connector connector) throws IOException {
    this(socket, connector, new NoState(socket), Admission.everybody(false));
  }

  /** Opens a socket where anna, whose password is s3cret, is admitted. */
  public static OwnServer askingForPasswords(Path socket, Connector connector, StateDirectory state)
      throws IOException, VirtException {
    new ScramUsers(state).set("anna", Optional.of("s3cret"));
    return new OwnServer(socket, connector, state, Admission.byPassword());
  }

  private OwnServer(Path socket, Connector connector, StateDirectory state, Admission admission)
      throws IOException {
    loop = new IoLoop("virt-remote-test", Limits.DEFAULT.memory());
    RemoteServer server =
        new RemoteServer(
            new OneConnector(connector),
            new RemoteServer.Access(Limits.DEFAULT, new ScramUsers(state)),
            workers,
            loop);
    listener =
        new UnixListener(new UnixListener.Place(socket, "rw-------", ""), admission, server, loop);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    loop.close();
    workers.close();
  }
}
