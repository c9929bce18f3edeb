package org.virt.shell.internal.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.StateDirectory;

/**
 * Takes commands over a Unix socket in the home, from root and from the user that the runtime
 * belongs to (SO_PEERCRED, unix(7)). Without a home there is no socket.
 */
@Component(service = {})
public final class ShellServer {
  private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);
  private static final String ROOT = "0";
  private static final String IDLE = "virt-shell-idle";

  /** More than come one after the other; a thousand at once wait in the kernel for their turn. */
  private static final int WAITING = 4096;

  /** Each client takes a thread, some take three: of so many the next one waits a moment. */
  private static final int AT_ONCE = 16;

  private static final long MOMENT_MILLIS = 2;

  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
  private final GogoTools tools;
  private final ShellContext context;
  private final Optional<Path> socket;
  private final ServerSocketChannel server;

  private final Semaphore turns = new Semaphore(AT_ONCE);

  /** Threads that serve clients. */
  private final ExecutorService threads = Executors.newCachedThreadPool(ShellServer::daemon);

  private int number;
  private UserPrincipal root;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile CommandProcessor processor;

  /**
   * Opens the socket; the folder it stands in is ours alone, so nobody can come in before its mode
   * is set.
   */
  @Activate
  public ShellServer(
      BundleContext bundles, @Reference ShellCommands commands, @Reference Readiness readiness)
      throws IOException {
    Optional<Path> home =
        Optional.ofNullable(bundles.getProperty(StateDirectory.HOME)).map(Path::of);
    this.tools = new GogoTools(bundles);
    this.context =
        new ShellContext(
            commands.table(),
            readiness,
            () -> Optional.ofNullable(processor),
            tools,
            home.orElse(Path.of("/")));
    this.socket = home.map(folder -> folder.resolve("run/virt.sock"));
    this.server = socket.isPresent() ? listen(socket.get()) : null;
    if (server == null) {
      LOG.info("no {}: commands are taken from Gogo only", StateDirectory.HOME);
      return;
    }
    Thread thread = new Thread(this::accept, "virt-shell-accept");
    thread.setDaemon(true);
    thread.start();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, IDLE);
    thread.setDaemon(true);
    return thread;
  }

  private static ServerSocketChannel listen(Path socket) throws IOException {
    Files.createDirectories(
        socket.getParent(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    // It gets its name when it answers: whoever finds it can use it.
    Path unnamed = socket.resolveSibling(socket.getFileName() + ".new");
    Files.deleteIfExists(unnamed);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(unnamed), WAITING);
      Files.setPosixFilePermissions(unnamed, PosixFilePermissions.fromString("rw-------"));
      Files.move(unnamed, socket, StandardCopyOption.ATOMIC_MOVE);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new IOException("listen on " + socket + ": " + e.getMessage(), e);
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        if (admitted(client)) {
          clients.add(client);
          String name = "virt-shell-" + ++number;
          boolean turn = turns.tryAcquire(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
          threads.execute(() -> serve(client, name, turn));
        } else {
          client.close();
        }
      }
    } catch (AsynchronousCloseException e) {
      LOG.debug("no more commands are taken");
    } catch (IOException e) {
      LOG.warn("no more commands are taken on {}", socket.get(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel client, String name, boolean turn) {
    try {
      named(
          name,
          () -> {
            ClientConnection.Threads more =
                (what, work) -> threads.execute(() -> named(name + "-" + what, work));
            new ClientConnection(client, context, more).serve();
          });
    } finally {
      clients.remove(client);
      if (turn) {
        turns.release();
      }
    }
  }

  private static void named(String name, Runnable work) {
    Thread thread = Thread.currentThread();
    thread.setName(name);
    try {
      work.run();
    } finally {
      thread.setName(IDLE);
    }
  }

  private boolean admitted(SocketChannel client) {
    try {
      UserPrincipal user = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      Path path = socket.get();
      if (root == null) {
        root = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(ROOT);
      }
      // Asking who owns a file means reading the user database: root, who asks most, is known.
      boolean admitted = user.equals(root) || user.equals(Files.getOwner(path));
      if (!admitted) {
        LOG.warn("refused a client that runs as {}", user);
      }
      return admitted;
    } catch (IOException e) {
      LOG.warn("refused a client whose user cannot be told", e);
      return false;
    }
  }

  @Deactivate
  void deactivate() throws IOException {
    tools.close();
    if (server == null) {
      return;
    }
    server.close();
    Files.deleteIfExists(socket.get());
    for (SocketChannel client : clients) {
      client.close();
    }
    threads.shutdown();
  }
}
