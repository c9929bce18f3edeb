package org.virt.driver.qemu.internal.linux;

import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file that is held and not read: whatever happens to its name, owner and attributes are of this
 * one (open(2), {@code O_PATH}).
 */
public final class OpenPath implements AutoCloseable {
  private static final int ENODATA = 61;
  private static final int MOST = 1024;

  private final int number;
  private final Path handle;

  private OpenPath(int number) {
    this.number = number;
    this.handle = Path.of("/proc/self/fd", Integer.toString(number));
  }

  /** Takes hold of a file, behind symbolic links if there are any. */
  public static OpenPath of(Path file) throws IOException {
    int number = Libc.open(file.toString(), Libc.O_PATH | Libc.O_CLOEXEC);
    if (number < 0) {
      throw new IOException(Libc.error());
    }
    return new OpenPath(number);
  }

  /** Returns where it is, without symbolic links. */
  public Path real() throws IOException {
    return Files.readSymbolicLink(handle);
  }

  /** Returns a path that leads to it. */
  public Path handle() {
    return handle;
  }

  /** Gives it to somebody else. */
  public void owner(int uid, int gid) throws IOException {
    Files.setAttribute(handle, "unix:gid", gid);
    Files.setAttribute(handle, "unix:uid", uid);
  }

  /** Returns an extended attribute, empty when it has none of that name. */
  public Optional<String> attribute(String name) throws IOException {
    ByteBuffer value = ByteBuffer.allocateDirect(MOST);
    long length = Libc.getxattr(handle.toString(), name, value, new NativeLong(MOST)).longValue();
    if (length < 0) {
      if (Libc.errno() == ENODATA) {
        return Optional.empty();
      }
      throw new IOException("read its attribute " + name + ": " + Libc.error());
    }
    byte[] bytes = new byte[(int) length];
    value.get(bytes);
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Sets an extended attribute. */
  public void attribute(String name, String value) throws IOException {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MOST) {
      throw new IOException("set its attribute " + name + ": too many users");
    }
    ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).rewind();
    if (Libc.setxattr(handle.toString(), name, data, new NativeLong(bytes.length), 0) < 0) {
      throw new IOException("set its attribute " + name + ": " + Libc.error());
    }
  }

  /** Removes an extended attribute. */
  public void removeAttribute(String name) throws IOException {
    if (Libc.removexattr(handle.toString(), name) < 0 && Libc.errno() != ENODATA) {
      throw new IOException("remove its attribute " + name + ": " + Libc.error());
    }
  }

  @Override
  public void close() {
    Libc.close(number);
  }
}
