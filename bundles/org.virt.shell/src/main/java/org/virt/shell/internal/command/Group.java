package org.virt.shell.internal.command;

/** The groups of {@code help}; keywords are virsh's, but for the last one. */
public enum Group {
  DOMAIN("Domain Management", "domain"),
  MONITOR("Domain Monitoring", "monitor"),
  EVENTS("Domain Events", "events"),
  HOST("Host and Hypervisor", "host"),
  FILTER("Network Filter", "filter"),
  NETWORK("Networking", "network"),
  INTERFACE("Interface", "interface"),
  NODEDEV("Node Device", "nodedev"),
  SECRET("Secret", "secret"),
  SNAPSHOT("Snapshot", "snapshot"),
  POOL("Storage Pool", "pool"),
  VOLUME("Storage Volume", "volume"),
  RUNTIME("Runtime", "runtime"),
  SHELL("Shell itself", "virsh");

  private final String title;
  private final String keyword;

  Group(String title, String keyword) {
    this.title = title;
    this.keyword = keyword;
  }

  /** Returns the heading. */
  public String title() {
    return title;
  }

  /** Returns the word that asks {@code help} for this group. */
  public String keyword() {
    return keyword;
  }
}
