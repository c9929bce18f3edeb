package org.virt.format.vmx;

import java.util.Objects;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A folder of a datastore, by name alone: whether its files exist is not asked.
 *
 * @param datastore name of the datastore that holds the configuration
 * @param folder path within it, empty for its root
 */
public record DatastoreSite(String datastore, String folder) implements VmxSite {
  private static final String VOLUMES = "/vmfs/volumes/";

  public DatastoreSite {
    Objects.requireNonNull(datastore, "datastore");
    Objects.requireNonNull(folder, "folder");
  }

  @Override
  public Optional<String> path(String fileName) throws VirtException {
    if (fileName.startsWith(VOLUMES)) {
      String rest = fileName.substring(VOLUMES.length());
      int slash = rest.indexOf('/');
      if (slash < 1 || slash == rest.length() - 1) {
        throw new VirtException(
            ErrorCode.PARSE_FAILED,
            "read VMX: file name '%s' is not of the form %s<datastore>/<path>"
                .formatted(fileName, VOLUMES));
      }
      return Optional.of("[" + rest.substring(0, slash) + "] " + rest.substring(slash + 1));
    }
    if (fileName.startsWith("/")) {
      return Optional.of(fileName);
    }
    return Optional.of("[" + datastore + "] " + (folder.isEmpty() ? "" : folder + '/') + fileName);
  }

  @Override
  public String fileName(String path) throws VirtException {
    if (path.startsWith("[")) {
      return VOLUMES + DatastorePath.parse(path).inVolumes();
    }
    if (path.startsWith("/")) {
      return path;
    }
    throw new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED,
        "write VMX: path '" + path + "' is neither [datastore] path nor absolute");
  }
}
