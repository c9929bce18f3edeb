package org.virt.driver.qemu.internal.machine;

import java.util.function.Consumer;
import org.virt.api.VirtException;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DomainTree;

/** The configuration of a run as it is now, and what is printed of it, each until it changes. */
final class RunConfig {
  private final Object printing = new Object();
  private volatile DomainConfig config;
  private String publicXml;
  private DomainTree tree;

  /**
   * Makes it.
   *
   * @param config complete, with aliases; nobody else changes it
   */
  RunConfig(DomainConfig config) {
    this.config = config;
  }

  /** Returns the configuration, which only {@link #update} changes. */
  DomainConfig config() {
    return config;
  }

  /** Changes the configuration. */
  void update(Consumer<DomainConfig> change) {
    synchronized (printing) {
      change.accept(config);
      publicXml = null;
      tree = null;
    }
  }

  /** Takes another configuration in place of the one that there is. */
  void replace(DomainConfig changed) {
    synchronized (printing) {
      config = changed;
      publicXml = null;
      tree = null;
    }
  }

  /** Returns the domain XML of the run, without passwords. */
  String xml() {
    synchronized (printing) {
      if (publicXml == null) {
        publicXml = DomainXml.printPublic(config);
      }
      return publicXml;
    }
  }

  /** Returns {@link #xml} as a tree that nobody changes. */
  DomainTree tree() {
    synchronized (printing) {
      if (tree == null) {
        tree = new DomainTree(DomainXml.publicTree(config));
      }
      return tree;
    }
  }

  /** Returns domain XML with passwords that a later run can be started with. */
  String startXml() throws VirtException {
    DomainConfig copy = DomainXml.parse(secretXml());
    copy.id = null;
    return DomainXml.print(copy);
  }

  /** Returns the domain XML of the run, with passwords. */
  String secretXml() {
    synchronized (printing) {
      return DomainXml.print(config);
    }
  }
}
