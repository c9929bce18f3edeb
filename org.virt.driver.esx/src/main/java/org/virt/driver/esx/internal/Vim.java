package org.virt.driver.esx.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.auth.Login;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.driver.esx.internal.soap.Transport;
import org.virt.driver.esx.internal.soap.VimFault;

/**
 * A session with the vSphere API. A session that has expired is renewed, and the request that met
 * this is sent again: it was refused, so it did nothing. Any other request is sent once.
 */
final class Vim implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Vim.class);
  private static final Duration LAST_LIMIT = Duration.ofSeconds(2);
  private static final Ref INSTANCE = new Ref("ServiceInstance", "ServiceInstance");
  private static final Map<String, ErrorCode> CODES =
      Map.ofEntries(
          Map.entry("InvalidLogin", ErrorCode.AUTH_FAILED),
          Map.entry("NotAuthenticated", ErrorCode.AUTH_FAILED),
          Map.entry("NoPermission", ErrorCode.OPERATION_DENIED),
          Map.entry("ManagedObjectNotFound", ErrorCode.NO_DOMAIN),
          Map.entry("InvalidState", ErrorCode.OPERATION_INVALID),
          Map.entry("InvalidPowerState", ErrorCode.OPERATION_INVALID),
          Map.entry("ToolsUnavailable", ErrorCode.AGENT_UNRESPONSIVE),
          Map.entry("NotSupported", ErrorCode.OPERATION_UNSUPPORTED),
          Map.entry("NotImplemented", ErrorCode.OPERATION_UNSUPPORTED),
          Map.entry("MethodNotFound", ErrorCode.OPERATION_UNSUPPORTED),
          Map.entry("RequestCanceled", ErrorCode.OPERATION_ABORTED),
          Map.entry("TaskInProgress", ErrorCode.RESOURCE_BUSY));

  private final Transport transport;
  private final Login credentials;
  private final String host;
  private final Duration limit;
  private final AtomicLong logins = new AtomicLong();
  private Node content;

  /** From here on no session is renewed. */
  private volatile boolean closed;

  private Vim(Transport transport, Login credentials, String host, Duration limit) {
    this.transport = transport;
    this.credentials = credentials;
    this.host = host;
    this.limit = limit;
  }

  /**
   * Logs in; transport and credentials are closed when that fails.
   *
   * @param host for messages
   * @param limit how long a request may take
   */
  static Vim open(Transport transport, Login credentials, String host, Duration limit)
      throws VirtException {
    Vim vim = new Vim(transport, credentials, host, limit);
    try {
      Body body = new Body().ref("_this", INSTANCE);
      vim.content = vim.send("connect", "RetrieveServiceContent", body, limit).at("returnval");
      vim.login();
      return vim;
    } catch (VimFault e) {
      vim.forget();
      throw vim.error("log in as " + credentials.user(), e);
    } catch (VirtException | RuntimeException e) {
      vim.forget();
      throw e;
    }
  }

  /** Returns the entry points of the API. */
  Node content() {
    return content;
  }

  /** Returns a manager of the API, or says that this product has none. */
  Ref manager(String action, String name) throws VirtException {
    return content
        .ref(name)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "%s: %s has no %s".formatted(action, host, name)));
  }

  /** Returns files and screens beside the API. */
  Transport transport() {
    return transport;
  }

  /** Returns how long a request may take. */
  Duration limit() {
    return limit;
  }

  /** Returns the host's name, for messages. */
  String host() {
    return host;
  }

  private void login() throws VirtException, VimFault {
    if (logins.get() > 0) {
      transport.forgetSession();
    }
    Body body =
        new Body()
            .ref("_this", manager("log in", "sessionManager"))
            .text("userName", credentials.user())
            .text("password", credentials.password().text());
    send("log in as " + credentials.user(), "Login", body, limit);
    logins.incrementAndGet();
  }

  /** Logs in anew, unless somebody else has since a certain login. */
  private synchronized void renew(long login) throws VirtException, VimFault {
    if (logins.get() == login) {
      LOG.info("the session with {} has ended, logging in again", host);
      login();
    }
  }

  /**
   * Asks for something.
   *
   * @param action for messages, such as {@code start domain a}
   * @param method of the object
   * @param self the object that it is asked of
   * @param parameters what follows the object
   */
  Node ask(String action, String method, Ref self, Body parameters) throws VirtException {
    try {
      return request(action, method, self, parameters, limit);
    } catch (VimFault e) {
      throw error(action, e);
    }
  }

  /** Asks as {@link #ask} does, and lets faults through. */
  Node request(String action, String method, Ref self, Body parameters, Duration within)
      throws VirtException, VimFault {
    Body body = new Body().ref("_this", self).raw(parameters);
    long login = logins.get();
    try {
      return send(action, method, body, within);
    } catch (VimFault e) {
      if (closed || !e.type().equals("NotAuthenticated")) {
        throw e;
      }
      renew(login);
      return send(action, method, body, within);
    }
  }

  private Node send(String action, String method, Body body, Duration within)
      throws VirtException, VimFault {
    long start = System.nanoTime();
    try {
      return transport.call(method, body, within);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.RPC, "%s: %s of %s: %s".formatted(action, method, host, e.getMessage()), e);
    } finally {
      LOG.debug("{}: {} took {} µs", host, method, (System.nanoTime() - start) / 1000);
    }
  }

  /** Makes an exception of a fault. */
  VirtException error(String action, VimFault fault) {
    ErrorCode code = CODES.getOrDefault(fault.type(), ErrorCode.OPERATION_FAILED);
    return new VirtException(
        code, "%s: %s refused: %s".formatted(action, host, fault.getMessage()), fault);
  }

  /**
   * Asks for something of which a failure is found out by whoever asks next, if anybody does; also
   * on a thread that has been interrupted.
   */
  void tell(String method, Ref self) {
    boolean interrupted = Thread.interrupted();
    try {
      request("tell", method, self, new Body(), LAST_LIMIT);
    } catch (VirtException | VimFault e) {
      LOG.debug("{} of {}: {}", method, host, e.getMessage());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Keeps the session from expiring. */
  void keepAlive() {
    tell("CurrentTime", INSTANCE);
  }

  @Override
  public void close() {
    closed = true;
    content.ref("sessionManager").ifPresent(manager -> tell("Logout", manager));
    forget();
  }

  private void forget() {
    transport.close();
    credentials.close();
  }
}
