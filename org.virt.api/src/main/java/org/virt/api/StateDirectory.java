package org.virt.api;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The folder in which the runtime keeps what outlives it ({@code --home}); registered as an OSGi
 * service. An area belongs to the bundle that is named like it.
 */
@ProviderType
public interface StateDirectory {
  /** Framework property: absolute path of the folder. */
  String HOME = "virt.home";

  /** Framework property: absolute path of the operator's configuration. */
  String CONFIGURATION = "virt.etc";

  /** Returns the folder itself. */
  Path home();

  /**
   * Returns the folder of what the operator configures, such as {@code hooks}; it need not be
   * there. Where nobody says otherwise it is {@code etc} of the home.
   */
  default Path configuration() {
    return home().resolve("etc");
  }

  /**
   * Returns the folder of one area, made with mode 0700 when it is not there.
   *
   * @param area a relative path such as {@code nwfilter} or {@code qemu/log}
   * @throws VirtException {@code SYSTEM_ERROR} when it cannot be made
   */
  Path area(String area) throws VirtException;

  /**
   * Replaces a file as a whole: temporary file of the same folder, sync, rename, sync of the
   * folder, mode 0600.
   *
   * @throws VirtException {@code WRITE_FAILED}; the old content is still there
   */
  void write(Path file, byte[] content) throws VirtException;
}
