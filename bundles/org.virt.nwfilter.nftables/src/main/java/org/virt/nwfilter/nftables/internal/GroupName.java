package org.virt.nwfilter.nftables.internal;

/** What the names of a program's chains and sets begin with, up to a hyphen. */
final class GroupName {
  private GroupName() {}

  /** Returns a name with another group; one that no program has as it is. */
  static String with(String group, String name) {
    int end = name.indexOf('-');
    return end < 0 ? name : group + name.substring(end);
  }
}
