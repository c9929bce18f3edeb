package org.virt.driver.esx.internal.soap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Sends requests to one host and reads the answers; every exchange has an end. */
public final class Transport implements AutoCloseable {
  /** The longest answer that is read, bytes. */
  static final int MAX_ANSWER = 64 << 20;

  private static final String ENVELOPE =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope"
          + " xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
          + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
          + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>";

  private final URI base;
  private final Exchanges exchanges;
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
    this.exchanges = new Exchanges(base, trust, proxy);
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
    HttpResponse<byte[]> response =
        exchanges.exchange(request, info -> new LimitedBody(MAX_ANSWER), limit);
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
        exchanges.exchange(request(path).GET().build(), info -> new LimitedBody(MAX_ANSWER), limit);
    check(response, "GET");
    return response.body();
  }

  /** Says whether there is a file. */
  public boolean exists(String path, Duration limit) throws IOException {
    HttpRequest request = request(path).method("HEAD", BodyPublishers.noBody()).build();
    HttpResponse<Void> response = exchanges.exchange(request, BodyHandlers.discarding(), limit);
    if (response.statusCode() == 404) {
      return false;
    }
    check(response, "HEAD");
    return true;
  }

  /**
   * Fetches a file of any size.
   *
   * @param limit how long the other side may let it stand still
   * @return its length
   */
  public long download(String path, OutputStream to, Duration limit) throws IOException {
    Progress progress = new Progress();
    BodyHandler<Long> handler =
        info ->
            info.statusCode() == 200 ? new FileBody(to, progress) : BodySubscribers.replacing(0L);
    HttpResponse<Long> response =
        exchanges.exchange(request(path).GET().build(), handler, limit, progress);
    check(response, "GET");
    return response.body();
  }

  /** Writes a small file. */
  public void put(String path, byte[] content, Duration limit) throws IOException {
    put(path, BodyPublishers.ofByteArray(content), limit, new Progress());
  }

  /**
   * Writes a file of any size.
   *
   * @param length how many bytes the stream has, more than none
   * @param limit how long the other side may let it stand still
   */
  public void upload(String path, InputStream from, long length, Duration limit)
      throws IOException {
    Progress progress = new Progress();
    BodyPublisher content = BodyPublishers.ofInputStream(() -> progress.watching(from));
    put(path, BodyPublishers.fromPublisher(content, length), limit, progress);
  }

  private void put(String path, BodyPublisher content, Duration limit, Progress progress)
      throws IOException {
    HttpRequest request =
        request(path).header("Content-Type", "application/octet-stream").PUT(content).build();
    check(exchanges.exchange(request, info -> new LimitedBody(MAX_ANSWER), limit, progress), "PUT");
  }

  private static void check(HttpResponse<?> response, String method) throws IOException {
    int status = response.statusCode();
    if (status / 100 != 2) {
      throw new IOException(
          method + " " + response.uri().getRawPath() + " was answered with HTTP status " + status);
    }
  }

  @Override
  public void close() {
    exchanges.close();
  }
}
