package org.virt.remote.internal.calls;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.remote.internal.session.ByteStream;
import org.virt.remote.internal.session.Pipe;
import org.virt.rpc.XdrStruct;

/** The content of storage volumes, by streams. */
final class VolumeContentCalls {
  void declare(Declarations all) {
    all.partly("storage_vol_download", "not sparse", VolumeContentCalls::download)
        .partly(
            "storage_vol_upload",
            "of a length that is given, from the beginning, not sparse",
            VolumeContentCalls::upload);
  }

  /** Something about a volume that lasts. */
  @FunctionalInterface
  private interface Work {
    void run() throws VirtException;
  }

  private static XdrStruct download(Call call) throws VirtException {
    call.noFlags();
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

  private static XdrStruct upload(Call call) throws VirtException {
    call.noFlags();
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
        new ByteStream.Ends(ByteStream.NOTHING, to, () -> gone(pipe)),
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
