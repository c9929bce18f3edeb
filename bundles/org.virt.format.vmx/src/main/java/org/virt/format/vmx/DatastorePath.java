package org.virt.format.vmx;

import java.util.Objects;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A path in VMware's own form: {@code [datastore] folder/file}.
 *
 * @param datastore name of the datastore, not empty
 * @param path the path within, without a leading slash; empty for the datastore itself
 */
public record DatastorePath(String datastore, String path) {
  public DatastorePath {
    Objects.requireNonNull(datastore, "datastore");
    Objects.requireNonNull(path, "path");
  }

  /**
   * Reads a path.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} when it is not of this form
   */
  public static DatastorePath parse(String text) throws VirtException {
    int end = text.indexOf(']');
    if (!text.startsWith("[") || end < 2) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "path '" + text + "' is not of the form '[datastore] folder/file'");
    }
    return new DatastorePath(text.substring(1, end), text.substring(end + 1).strip());
  }

  /** Returns the folder that holds it, empty at the top. */
  public String folder() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Returns another file of the same datastore. */
  public DatastorePath sibling(String file) {
    return new DatastorePath(datastore, folder().isEmpty() ? file : folder() + '/' + file);
  }

  /** Returns {@code datastore/path}. */
  String inVolumes() {
    return datastore + '/' + path;
  }

  @Override
  public String toString() {
    return path.isEmpty() ? "[" + datastore + "]" : "[" + datastore + "] " + path;
  }
}
