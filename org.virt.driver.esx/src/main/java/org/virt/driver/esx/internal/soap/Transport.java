package org.virt.driver.esx.internal.soap;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/** Sends requests to one host and reads the answers; every exchange has an end. */
public final class Transport implements AutoCloseable {
  /** The longest answer that is read, bytes. */
  static final int MAX_ANSWER = 64 << 20;

  private static final int BAD_GATEWAY = 502;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final String ENVELOPE =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope"
          + " xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
          + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
          + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>";
  private static final AtomicLong THREADS = new AtomicLong();

  private final URI base;
  private final HttpClient client;
  private final Optional<SocksRelay> relay;
  private final ExecutorService executor;
  private volatile String cookie = "";

  /**
   * Makes a transport; nothing is sent.
   *
   * @param base scheme, host and port
   * @param trust for https; not used for http
   * @param proxy what is to be used, if anything
   * @throws IOException when there is no port for leading requests to a SOCKS proxy
   */
  public Transport(URI base, SSLContext trust, Optional<Proxy> proxy) throws IOException {
    this.base = base;
    this.executor =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "virt-driver-esx-http-" + THREADS.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .executor(executor)
            .sslContext(trust);
    if (proxy.isPresent() && proxy.get().type() != Proxy.Type.HTTP) {
      this.relay = Optional.of(new SocksRelay(proxy.get(), base, executor));
    } else {
      this.relay = Optional.empty();
    }
    Optional<InetSocketAddress> through =
        relay
            .map(SocksRelay::address)
            .or(() -> proxy.map(p -> InetSocketAddress.createUnresolved(p.host(), p.port())));
    builder.proxy(through.map(ProxySelector::of).orElse(HttpClient.Builder.NO_PROXY));
    this.client = builder.build();
  }

  /**
   * Sends a request.
   *
   * @param method name of the method
   * @param body its parameters, with the object that it is asked of
   * @param limit how long it may take
   * @return what the method returned: an element that holds the elements {@code returnval}
   * @throws VimFault when the other side refused
   * @throws IOException when there is no answer or one that cannot be read
   */
  public Node call(String method, Body body, Duration limit) throws IOException, VimFault {
    String text =
        ENVELOPE
            + '<'
            + method
            + " xmlns=\"urn:vim25\">"
            + body
            + "</"
            + method
            + "></soapenv:Body></soapenv:Envelope>";
    HttpRequest request =
        request("/sdk")
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", "\"urn:vim25/6.0\"")
            .POST(BodyPublishers.ofByteArray(text.getBytes(StandardCharsets.UTF_8)))
            .build();
    HttpResponse<byte[]> response = exchange(request, info -> new LimitedBody(MAX_ANSWER), limit);
    if (response.statusCode() != 200 && response.statusCode() != 500) {
      throw new IOException("the server answered with HTTP status " + response.statusCode());
    }
    response.headers().firstValue("Set-Cookie").ifPresent(this::setCookie);
    Node answer = body(response);
    Optional<Node> fault = answer.find("Fault");
    if (fault.isPresent()) {
      throw fault(fault.get());
    }
    if (response.statusCode() != 200) {
      throw new IOException("the server answered with HTTP status 500 and no fault");
    }
    return answer.children().stream()
        .findFirst()
        .orElseThrow(() -> new IOException("the answer to " + method + " is empty"));
  }

  private static Node body(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() == 500 && response.body().length == 0) {
      throw new IOException("the server answered with HTTP status 500");
    }
    Node envelope = NodeReader.read(response.body());
    return envelope
        .find("Body")
        .orElseThrow(() -> new IOException("the answer is no SOAP: <" + envelope.name() + ">"));
  }

  private static VimFault fault(Node fault) {
    Node detail = fault.at("detail").children().stream().findFirst().orElse(fault.at("detail"));
    String type = detail.xsiType();
    if (type.isEmpty()) {
      type = detail.name().replaceFirst("Fault$", "");
    }
    return new VimFault(type, fault.text("faultstring"));
  }

  private void setCookie(String header) {
    cookie = header.split(";", 2)[0];
  }

  /** Forgets the session: the next request begins another. */
  public void forgetSession() {
    cookie = "";
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    String session = cookie;
    if (!session.isEmpty()) {
      request.header("Cookie", session);
    }
    return request;
  }

  /** Fetches a small file. */
  public byte[] get(String path, Duration limit) throws IOException {
    HttpResponse<byte[]> response =
        exchange(request(path).GET().build(), info -> new LimitedBody(MAX_ANSWER), limit);
    check(response, "GET");
    return response.body();
  }

  /** Says whether there is a file. */
  public boolean exists(String path, Duration limit) throws IOException {
    HttpRequest request = request(path).method("HEAD", BodyPublishers.noBody()).build();
    HttpResponse<Void> response = exchange(request, BodyHandlers.discarding(), limit);
    if (response.statusCode() == 404) {
      return false;
    }
    check(response, "HEAD");
    return true;
  }

  /** Opens a file of any size for reading; the stream is to be closed. */
  public InputStream open(String path, Duration limit) throws IOException {
    HttpResponse<InputStream> response =
        exchange(request(path).GET().build(), BodyHandlers.ofInputStream(), limit);
    if (response.statusCode() != 200) {
      response.body().close();
    }
    check(response, "GET");
    return response.body();
  }

  /** Writes a file. */
  public void put(String path, BodyPublisher content, Duration limit) throws IOException {
    HttpRequest request =
        request(path).header("Content-Type", "application/octet-stream").PUT(content).build();
    check(exchange(request, info -> new LimitedBody(MAX_ANSWER), limit), "PUT");
  }

  private static void check(HttpResponse<?> response, String method) throws IOException {
    int status = response.statusCode();
    if (status / 100 != 2) {
      throw new IOException(
          method + " " + response.uri().getRawPath() + " was answered with HTTP status " + status);
    }
  }

  private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler, Duration limit)
      throws IOException {
    CompletableFuture<HttpResponse<T>> exchange;
    try {
      exchange = client.sendAsync(request, handler);
    } catch (RejectedExecutionException e) {
      throw new IOException("the connection is closed", e);
    }
    try {
      HttpResponse<T> response = exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      Optional<String> failure = relay.flatMap(SocksRelay::takeFailure);
      if (response.statusCode() == BAD_GATEWAY && failure.isPresent()) {
        throw new IOException(failure.get());
      }
      return response;
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw new IOException("no answer within " + limit.toMillis() / 1000.0 + " s", e);
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(
          relay.flatMap(SocksRelay::takeFailure).orElseGet(() -> reason(cause)), cause);
    }
  }

  /** Returns the innermost message: the outer ones only repeat the type. */
  static String reason(Throwable error) {
    String found = null;
    boolean refused = false;
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException || at instanceof UnknownHostException) {
        return "the name of the host is not known";
      }
      refused |= at instanceof ConnectException;
      if (at.getMessage() != null && !at.getMessage().isBlank()) {
        found = at.getMessage();
      }
    }
    if (found == null && refused) {
      return "the connection was refused";
    }
    return found == null ? error.getClass().getSimpleName() : found.replaceAll("\\s+", " ");
  }

  @Override
  public void close() {
    relay.ifPresent(SocksRelay::close);
    executor.shutdownNow();
  }
}
