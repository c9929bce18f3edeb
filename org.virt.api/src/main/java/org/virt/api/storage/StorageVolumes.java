package org.virt.api.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Facet of a connection: the volumes of storage pools. A pool that does not exist: {@code
 * NO_STORAGE_POOL}, a volume: {@code NO_STORAGE_VOL}; a verb that the driver does not have: {@code
 * NO_SUPPORT}.
 */
@ConsumerType
public interface StorageVolumes {
  /** Returns the volumes of a pool. */
  List<StorageVolume> storageVolumes(String pool) throws VirtException;

  /** Returns a volume by the name of its pool and its own. */
  default StorageVolume storageVolume(String pool, String name) throws VirtException {
    return storageVolumes(pool).stream()
        .filter(volume -> volume.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_STORAGE_VOL,
                    "Storage volume not found: no storage vol with matching name '" + name + "'"));
  }

  /** Returns a volume's XML (libvirt's formatstorage). */
  String storageVolumeXml(String pool, String name) throws VirtException;

  /** Makes a volume and returns its name. */
  default String createStorageVolume(String pool, String xml) throws VirtException {
    throw unsupported("virStorageVolCreateXML");
  }

  /**
   * Makes a volume with the content of another.
   *
   * @param source name of a volume of the same pool
   */
  default String cloneStorageVolume(String pool, String xml, String source) throws VirtException {
    throw unsupported("virStorageVolCreateXMLFrom");
  }

  /** Deletes a volume. */
  default void deleteStorageVolume(String pool, String name) throws VirtException {
    throw unsupported("virStorageVolDelete");
  }

  /** Makes a volume's former content unreadable. */
  default void wipeStorageVolume(String pool, String name) throws VirtException {
    throw unsupported("virStorageVolWipe");
  }

  /** Changes a volume's capacity, bytes. */
  default void resizeStorageVolume(String pool, String name, long capacity) throws VirtException {
    throw unsupported("virStorageVolResize");
  }

  /**
   * Opens a volume's content. A driver that can read or write it in one go only has {@link
   * #downloadStorageVolume} and {@link #uploadStorageVolume} instead.
   */
  default VolumeContent openStorageVolume(String pool, String name, VolumeContent.Access access)
      throws VirtException {
    throw unsupported(
        access == VolumeContent.Access.READ ? "virStorageVolDownload" : "virStorageVolUpload");
  }

  /**
   * Writes a volume's content to a stream, which stays open.
   *
   * @return how many bytes
   */
  default long downloadStorageVolume(String pool, String name, OutputStream to)
      throws VirtException {
    try (VolumeContent content = openStorageVolume(pool, name, VolumeContent.Access.READ)) {
      return VolumeCopy.toStream(content, to);
    } catch (IOException e) {
      throw VolumeCopy.failed("download", name, e);
    }
  }

  /**
   * Replaces a volume's content, which a failure leaves undefined; the stream stays open.
   *
   * @param length how many bytes the stream has
   */
  default void uploadStorageVolume(String pool, String name, InputStream from, long length)
      throws VirtException {
    try (VolumeContent content = openStorageVolume(pool, name, VolumeContent.Access.WRITE)) {
      VolumeCopy.fromStream(from, length, content);
    } catch (IOException e) {
      throw VolumeCopy.failed("upload", name, e);
    }
  }

  /** Makes the answer of a verb that a driver does not have. */
  static VirtException unsupported(String verb) {
    return new VirtException(
        ErrorCode.NO_SUPPORT, "this function is not supported by the connection driver: " + verb);
  }
}
