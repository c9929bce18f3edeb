package org.virt.remote.internal.calls;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.api.storage.VolumeContent.Access;
import org.virt.remote.internal.session.ByteStream;
import org.virt.remote.internal.session.Pipe;
import org.virt.remote.internal.session.StreamSink;
import org.virt.remote.internal.session.StreamSource;
import org.virt.remote.internal.session.VolumeSink;
import org.virt.remote.internal.session.VolumeSource;
import org.virt.remote.internal.session.VolumeSource.Holes;
import org.virt.rpc.XdrStruct;

/** The content of storage volumes, by streams. */
final class VolumeContentCalls {
  void declare(Declarations all) {
    all.on("storage_vol_download", VolumeContentCalls::download)
        .on("storage_vol_upload", VolumeContentCalls::upload);
  }

  /** Something about a volume that lasts. */
  @FunctionalInterface
  private interface Work {
    void run() throws VirtException;
  }

  /** Flag of both: zeros are told of, not sent. */
  private static final int SPARSE = 1;

  private static XdrStruct download(Call call) throws VirtException {
    call.onlyFlags(SPARSE);
    Optional<VolumeContent> content = open(call, Access.READ);
    if (content.isEmpty()) {
      return downloadAll(call);
    }
    Holes holes = call.flags() == SPARSE ? Holes.LEFT_OUT : Holes.FILLED;
    StreamSource from = new VolumeSource(content.get(), offset(call), call.wide("length"), holes);
    StreamSink nowhere = StreamSink.of(OutputStream.nullOutputStream());
    call.stream(new ByteStream.Ends(from, nowhere, content.get()));
    return call.reply();
  }

  private static XdrStruct upload(Call call) throws VirtException {
    call.onlyFlags(SPARSE);
    Optional<VolumeContent> content = open(call, Access.WRITE);
    if (content.isEmpty()) {
      return uploadAll(call);
    }
    StreamSink to = new VolumeSink(content.get(), offset(call), call.wide("length"));
    call.stream(new ByteStream.Ends(StreamSource.NOTHING, to, content.get()));
    return call.reply();
  }

  /** Opens the content, if the driver can do more than read or write all of it. */
  private static Optional<VolumeContent> open(Call call, Access access) throws VirtException {
    offset(call);
    StorageVolume volume = StorageVolumeCalls.volume(call);
    StorageVolumes volumes = call.host(StorageVolumes.class);
    try {
      return Optional.of(volumes.openStorageVolume(volume.pool(), volume.name(), access));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static long offset(Call call) throws VirtException {
    if (call.wide("offset") < 0 || call.wide("length") < 0) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "invalid argument: offset or length of a volume is too large");
    }
    return call.wide("offset");
  }

  private static XdrStruct downloadAll(Call call) throws VirtException {
    StorageVolume volume = StorageVolumeCalls.volume(call);
    StorageVolumes volumes = call.host(StorageVolumes.class);
    Pipe pipe = new Pipe();
    OutputStream to = new Window(pipe.sink(), call.wide("offset"), call.wide("length"));
    CompletableFuture<Void> done = new CompletableFuture<>();
    call.stream(
        new ByteStream.Ends(pipe.source(), OutputStream.nullOutputStream(), () -> gone(pipe)),
        () -> {
          run(pipe, done, () -> volumes.downloadStorageVolume(volume.pool(), volume.name(), to));
          pipe.end();
        });
    return call.reply();
  }

  private static XdrStruct uploadAll(Call call) throws VirtException {
    long length = call.wide("length");
    if (call.wide("offset") != 0 || length <= 0) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED,
          "upload a volume: give its length, and begin at its beginning");
    }
    StorageVolume volume = StorageVolumeCalls.volume(call);
    StorageVolumes volumes = call.host(StorageVolumes.class);
    Pipe pipe = new Pipe();
    CompletableFuture<Void> done = new CompletableFuture<>();
    OutputStream to =
        new FilterOutputStream(pipe.sink()) {
          @Override
          public void write(byte[] from, int offset, int count) throws IOException {
            out.write(from, offset, count);
          }

          @Override
          public void close() throws IOException {
            super.close();
            await(done);
          }
        };
    call.stream(
        new ByteStream.Ends(StreamSource.NOTHING, StreamSink.of(to), () -> gone(pipe)),
        () ->
            run(
                pipe,
                done,
                () ->
                    volumes.uploadStorageVolume(
                        volume.pool(), volume.name(), pipe.source(), length)));
    return call.reply();
  }

  private static void run(Pipe pipe, CompletableFuture<Void> done, Work work) {
    try {
      work.run();
      done.complete(null);
    } catch (VirtException | RuntimeException e) {
      IOException failure = new IOException(e.getMessage(), e);
      pipe.breakWith(failure);
      done.completeExceptionally(failure);
    }
  }

  private static void gone(Pipe pipe) {
    pipe.breakWith(new IOException("the client has ended the stream"));
  }

  private static void await(CompletableFuture<Void> done) throws IOException {
    try {
      done.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause.getMessage(), cause.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Passes only some of the bytes on. */
  private static final class Window extends OutputStream {
    private final OutputStream to;
    private long before;
    private long left;

    /**
     * Begins.
     *
     * @param length how many bytes are passed on; 0: all
     */
    Window(OutputStream to, long offset, long length) {
      this.to = to;
      this.before = offset;
      this.left = length == 0 ? Long.MAX_VALUE : length;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      int skipped = (int) Math.min(before, count);
      before -= skipped;
      int passed = (int) Math.min(left, count - skipped);
      left -= passed;
      to.write(from, offset + skipped, passed);
    }
  }
}
