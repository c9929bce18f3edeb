package org.virt.api.domain;

import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: its memory in files. */
@ConsumerType
public interface SaveVerbs {
  /**
   * Saves memory and state to a file, and ends the machine.
   *
   * @param path absolute, on the host
   * @param xml domain XML to restore with, in place of its own
   */
  default void save(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainSaveFlags");
  }

  /** Saves it to a file of the driver's, from which the next start restores it. */
  default void managedSave(Set<SaveFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainManagedSave");
  }

  /** Says whether there is such a file. */
  default boolean hasManagedSaveImage() throws VirtException {
    throw Unsupported.verb("virDomainHasManagedSaveImage");
  }

  /** Removes that file. */
  default void managedSaveRemove() throws VirtException {
    throw Unsupported.verb("virDomainManagedSaveRemove");
  }

  /** Returns the domain XML in that file. */
  default String managedSaveXml(Passwords passwords) throws VirtException {
    throw Unsupported.verb("virDomainManagedSaveGetXMLDesc");
  }

  /** Replaces the domain XML in that file. */
  default void managedSaveDefineXml(String xml, Set<SaveFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainManagedSaveDefineXML");
  }

  /** Writes the guest's memory to a file. */
  default void coreDump(String path, DumpFormat format, Set<DumpFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainCoreDumpWithFormat");
  }

  /** Whether domain XML has passwords. */
  enum Passwords {
    LEFT_OUT,
    /** As it is needed to replace the XML that there is. */
    SHOWN
  }

  /** How a machine is saved and restored ({@code virDomainSaveRestoreFlags}). */
  enum SaveFlag implements Flag {
    BYPASS_CACHE(1),
    RUNNING(2),
    PAUSED(4),
    RESET_NVRAM(8);

    private final int bit;

    SaveFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** What a dump does ({@code virDomainCoreDumpFlags}). */
  enum DumpFlag implements Flag {
    CRASH(1),
    LIVE(2),
    BYPASS_CACHE(4),
    RESET(8),
    MEMORY_ONLY(16);

    private final int bit;

    DumpFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** Formats of dumps ({@code virDomainCoreDumpFormat}); libvirt's numbers are the ordinals. */
  enum DumpFormat {
    /** ELF, for memory only; else as saved. */
    RAW("elf"),
    KDUMP_ZLIB("kdump-zlib"),
    KDUMP_LZO("kdump-lzo"),
    KDUMP_SNAPPY("kdump-snappy"),
    WIN_DMP("win-dmp");

    private final String text;

    DumpFormat(String text) {
      this.text = text;
    }

    /** Returns QEMU's and virsh's word. */
    public String text() {
      return text;
    }
  }
}
