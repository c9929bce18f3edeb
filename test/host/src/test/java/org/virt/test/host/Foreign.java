package org.virt.test.host;

import org.virt.api.VirtException;

/** Rules of somebody else, beside those of a technique. */
interface Foreign {
  void put() throws VirtException;

  /** Returns them as they are now. */
  String list() throws VirtException;

  void remove() throws VirtException;
}
