package org.virt.driver.esx.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.format.vmx.DatastorePath;

/** Reads and writes files of datastores by HTTP, in the session of the API. */
final class DatastoreFiles {
  private final Vim vim;
  private final Inventory place;

  DatastoreFiles(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
  }

  private String url(DatastorePath file) {
    String path =
        Arrays.stream(file.path().split("/"))
            .map(DatastoreFiles::encode)
            .collect(Collectors.joining("/"));
    return "/folder/%s?dcPath=%s&dsName=%s"
        .formatted(path, encode(place.datacenterPath()), encode(file.datastore()));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Reads a small file. */
  byte[] read(String action, DatastorePath file) throws VirtException {
    try {
      return vim.transport().get(url(file), vim.limit());
    } catch (IOException e) {
      throw failed(ErrorCode.READ_FAILED, action, "read " + file, e);
    }
  }

  /** Says whether there is a file. */
  boolean exists(String action, DatastorePath file) throws VirtException {
    try {
      return vim.transport().exists(url(file), vim.limit());
    } catch (IOException e) {
      throw failed(ErrorCode.READ_FAILED, action, "look for " + file, e);
    }
  }

  /** Writes a small text. */
  void write(String action, DatastorePath file, String text) throws VirtException {
    try {
      vim.transport().put(url(file), text.getBytes(StandardCharsets.UTF_8), vim.limit());
    } catch (IOException e) {
      throw failed(ErrorCode.WRITE_FAILED, action, "write " + file, e);
    }
  }

  /** Writes a file of a known length. */
  void write(String action, DatastorePath file, InputStream from, long length)
      throws VirtException {
    if (length == 0) {
      write(action, file, "");
      return;
    }
    try {
      vim.transport().upload(url(file), from, length, vim.limit());
    } catch (IOException e) {
      throw failed(ErrorCode.WRITE_FAILED, action, "write " + file, e);
    }
  }

  /** Copies a file to a stream; returns its length. */
  long copy(String action, DatastorePath file, OutputStream to) throws VirtException {
    try {
      return vim.transport().download(url(file), to, vim.limit());
    } catch (IOException e) {
      throw failed(ErrorCode.READ_FAILED, action, "read " + file, e);
    }
  }

  private VirtException failed(ErrorCode code, String action, String step, IOException e) {
    return new VirtException(
        code, "%s: %s at %s: %s".formatted(action, step, vim.host(), e.getMessage()), e);
  }
}
