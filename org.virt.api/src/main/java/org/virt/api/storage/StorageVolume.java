package org.virt.api.storage;

import java.util.Objects;

/**
 * A storage volume, at one moment. Sizes are bytes.
 *
 * @param pool name of its pool
 * @param name unique within the pool
 * @param key unique everywhere
 * @param path what domain XML names it by
 * @param type what it is
 * @param capacity what a guest sees
 * @param allocation what it takes
 */
public record StorageVolume(
    String pool, String name, String key, String path, Type type, long capacity, long allocation) {
  public StorageVolume {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(type, "type");
  }

  /** Types ({@code virStorageVolType}); libvirt's numbers are the ordinals. */
  public enum Type {
    FILE("file"),
    BLOCK("block"),
    DIR("dir"),
    NETWORK("network"),
    NETDIR("netdir"),
    PLOOP("ploop");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** Returns virsh's word. */
    public String text() {
      return text;
    }
  }
}
