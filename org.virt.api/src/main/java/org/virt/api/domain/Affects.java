package org.virt.api.domain;

/** What a change is made to, or a value read from ({@code virDomainModificationImpact}). */
public enum Affects {
  /** The run of an active machine, the definition of another. */
  CURRENT,
  /** The run; the machine must be active. */
  LIVE,
  /** The definition; the machine must be persistent. */
  CONFIG,
  /** Run and definition. */
  LIVE_AND_CONFIG;

  /** Returns the choice of libvirt's two lowest flag bits. */
  public static Affects of(int flags) {
    return values()[flags & 3];
  }

  /** Returns libvirt's bits. */
  public int bits() {
    return ordinal();
  }

  /** Says whether the run is meant, for a machine that is or is not active. */
  public boolean live(Activity activity) {
    return this == LIVE
        || this == LIVE_AND_CONFIG
        || (this == CURRENT && activity == Activity.ACTIVE);
  }

  /** Says whether the definition is meant, for a machine that is or is not active. */
  public boolean config(Activity activity) {
    return this == CONFIG
        || this == LIVE_AND_CONFIG
        || (this == CURRENT && activity == Activity.INACTIVE);
  }

  /** Whether a machine has a run. */
  public enum Activity {
    ACTIVE,
    INACTIVE
  }
}
