package org.virt.driver.esx.internal.soap;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Writes an answer of any size to a stream, which stays open; the body is its length. */
final class FileBody implements BodySubscriber<Long> {
  private final OutputStream to;
  private final Progress progress;
  private final CompletableFuture<Long> body = new CompletableFuture<>();
  private Flow.Subscription subscription;
  private long length;

  FileBody(OutputStream to, Progress progress) {
    this.to = to;
    this.progress = progress;
  }

  @Override
  public CompletionStage<Long> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    progress.begin();
    try {
      for (ByteBuffer buffer : buffers) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        to.write(bytes);
        length += bytes.length;
      }
      subscription.request(1);
    } catch (IOException e) {
      subscription.cancel();
      body.completeExceptionally(e);
    } finally {
      progress.end();
    }
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(
        new IOException("after " + length + " bytes: " + error.getMessage(), error));
  }

  @Override
  public void onComplete() {
    body.complete(length);
  }
}
