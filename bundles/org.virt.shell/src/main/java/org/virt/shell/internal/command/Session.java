package org.virt.shell.internal.command;

/** What one client has chosen and later commands of it go by. */
public final class Session {
  private volatile String uri;

  public Session(String uri) {
    this.uri = uri;
  }

  /** Returns the hypervisor that commands are for. */
  public String uri() {
    return uri;
  }

  /** Has later commands go to another hypervisor. */
  public void use(String other) {
    uri = other;
  }
}
