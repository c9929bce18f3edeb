package org.virt.api.domain;

import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs.Passwords;
import org.virt.api.domain.SaveVerbs.SaveFlag;

/** Facet of a connection: files that {@link SaveVerbs#save} wrote. */
@ConsumerType
public interface SavedImages {
  /**
   * Restores a machine.
   *
   * @param xml domain XML in place of that in the file; its hardware must be the same
   */
  default void restore(String path, Optional<String> xml, Set<SaveFlag> flags)
      throws VirtException {
    throw Unsupported.verb("virDomainRestoreFlags");
  }

  /** Returns the domain XML in the file. */
  default String saveImageXml(String path, Passwords passwords) throws VirtException {
    throw Unsupported.verb("virDomainSaveImageGetXMLDesc");
  }

  /** Replaces the domain XML in the file. */
  default void saveImageDefineXml(String path, String xml, Set<SaveFlag> flags)
      throws VirtException {
    throw Unsupported.verb("virDomainSaveImageDefineXML");
  }
}
