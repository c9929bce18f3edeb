package org.virt.driver.esx.internal.soap;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
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
import javax.net.ssl.SSLParameters;

/** Exchanges requests for answers with one host; each has an end. */
final class Exchanges implements AutoCloseable {
  private static final int BAD_GATEWAY = 502;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final AtomicLong THREADS = new AtomicLong();

  private final HttpClient client;
  private final Optional<SocksRelay> relay;
  private final ExecutorService executor;

  Exchanges(URI base, SSLContext trust, Optional<Proxy> proxy) throws IOException {
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
            .sslContext(trust)
            .sslParameters(preferences(trust));
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
   * Where the host lets us choose, ChaCha20: without the compiler that knows the processor's
   * instructions for AES, it takes a quarter of the time.
   */
  private static SSLParameters preferences(SSLContext trust) {
    SSLParameters preferences = trust.getDefaultSSLParameters();
    preferences.setCipherSuites(
        Arrays.stream(preferences.getCipherSuites())
            .sorted(Comparator.comparing(suite -> !suite.contains("CHACHA20")))
            .toArray(String[]::new));
    return preferences;
  }

  /** Exchanges within a time limit. */
  <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler, Duration limit)
      throws IOException {
    return exchange(request, handler, limit, new Progress());
  }

  /** Exchanges for as long as the other side lets nothing stand still for longer than the limit. */
  <T> HttpResponse<T> exchange(
      HttpRequest request, BodyHandler<T> handler, Duration limit, Progress progress)
      throws IOException {
    CompletableFuture<HttpResponse<T>> exchange;
    try {
      exchange = client.sendAsync(request, handler);
    } catch (RejectedExecutionException e) {
      throw new IOException("the connection is closed", e);
    }
    try {
      HttpResponse<T> response = await(exchange, limit, progress);
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

  private static <T> HttpResponse<T> await(
      CompletableFuture<HttpResponse<T>> exchange, Duration limit, Progress progress)
      throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      long before = progress.steps();
      try {
        return exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (progress.isStuckSince(before)) {
          throw e;
        }
      }
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
